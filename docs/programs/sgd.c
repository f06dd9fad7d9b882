/* SGD with momentum, as a program that `lawful check --command ./sgd` can ask. No library of JSON: of each line it needs
   the first word and the numbers, which stand in the order of docs/protocol.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TENSORS = 64 };
static double lr, momentum, weight_decay, *buffer[TENSORS];
static long size[TENSORS], tensors;
static int begun[TENSORS];

static double number_after(const char *line, const char *key, double otherwise) {
    const char *at = strstr(line, key);
    return at ? strtod(at + strlen(key) + 2, NULL) : otherwise; /* "key": number */
}

/* Reads [1.0, "NaN", …] into values; what follows the bracket. A null in its place leaves *count at -1. */
static char *list(char *at, double **values, long *count) {
    at += strspn(at, ", ");
    if (*at == 'n') { *count = -1; return at + 4; }
    for (*count = 0, at++; *at != ']'; at += strspn(at, "\", ")) {
        *values = realloc(*values, (*count + 1) * sizeof(double));
        at += *at == '"';
        (*values)[(*count)++] = strtod(at, &at); /* which reads NaN and Infinity too */
    }
    return at + 1;
}

static char *lists_of(char *line, const char *key) { return strstr(strstr(line, key), ": [") + 3; }

static void put(double x) { printf(isfinite(x) ? "%.17g" : isnan(x) ? "\"NaN\"" : x > 0 ? "\"Infinity\"" : "\"-Infinity\"", x); }

static void begin(char *line) {
    double *x = NULL;
    char *at = lists_of(line, "\"parameters\"");
    lr = number_after(line, "\"lr\"", 1e-3);
    momentum = number_after(line, "\"momentum\"", 0.0);
    weight_decay = number_after(line, "\"weight_decay\"", 0.0);
    for (tensors = 0; *at != ']'; tensors++) {
        at = list(at, &x, &size[tensors]);
        buffer[tensors] = realloc(buffer[tensors], (size[tensors] + 1) * sizeof(double));
        begun[tensors] = 0;
    }
    free(x);
    puts("{}");
}

static void step(char *line) {
    double *x = NULL, *g = NULL;
    char *xs = lists_of(line, "\"parameters\""), *gs = lists_of(line, "\"gradients\"");
    fputs("{\"parameters\": [", stdout);
    for (long i = 0, n, there; i < tensors; i++) {
        xs = list(xs, &x, &n);
        gs = list(gs, &g, &there);
        fputs(i ? ", [" : "[", stdout);
        for (long j = 0; j < n; j++) {
            if (there >= 0) {
                double d = g[j] + weight_decay * x[j];
                if (momentum != 0) d = buffer[i][j] = begun[i] ? momentum * buffer[i][j] + d : d;
                x[j] -= lr * d;
            }
            if (j) fputs(", ", stdout);
            put(x[j]);
        }
        begun[i] |= there >= 0;
        fputs("]", stdout);
    }
    puts("]}");
    free(x), free(g);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        if (!strncmp(line, "{\"lawful\"", 9))
            puts("{\"lawful\": 1, \"name\": \"sgd\", \"settable\": [\"lr\"], \"saves\": false,"
                 " \"arguments\": {\"lr\": 0.001, \"momentum\": 0.0, \"weight_decay\": 0.0}}");
        else if (!strncmp(line, "{\"begin\"", 8)) begin(line);
        else if (!strncmp(line, "{\"step\"", 7)) step(line);
        else if (!strncmp(line, "{\"set\"", 6)) lr = number_after(line, "\"lr\"", lr), puts("{}");
        else puts("{\"refused\": \"unknown question\"}");
        fflush(stdout);
    }
    return 0;
}
