# docker build -t lawful . && docker run --rm -v "$PWD":/work lawful check mine.py:MyAdamW --rule adamw
FROM python:3.12-slim
RUN pip install --no-cache-dir torch --index-url https://download.pytorch.org/whl/cpu
COPY . /lawful
RUN pip install --no-cache-dir /lawful && useradd --create-home checker
USER checker
WORKDIR /work
ENTRYPOINT ["lawful"]
