/* SGD in C, tested against `lawful vectors sgd -o sgd.jsonl`: cc reader.c -lm && ./a.out < sgd.jsonl */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static double pool[16][512]; /* numbers in the order in which they stand, whatever the brackets */
static double *list(const char *line, const char *key, int place) {
    char *at = strstr(line, key) + strlen(key);
    for (int n = 0, depth = 0; *at; )
        if (*at == '[' || *at == ']') { if (!(depth += *at++ == '[' ? 1 : -1)) break; }
        else if (strchr(" ,", *at)) at++;
        else pool[place][n++] = strtod(at, &at);
    return pool[place];
}
static double number(const char *line, const char *key) { return strtod(strstr(line, key) + strlen(key), NULL); }
int main(void) {
    static char line[1 << 20], key[16];
    for (fgets(line, sizeof line, stdin); fgets(line, sizeof line, stdin); ) {
        double lr = number(line, "\"lr\": "), mu = number(line, "\"momentum\": "), tau = number(line, "\"dampening\": ");
        double wd = number(line, "\"weight_decay\": "), b[8] = {0}, *x = list(line, "\"first\": ", 0);
        double *g = list(line, "\"gradients\": ", 1), *right = list(line, "\"expected\": ", 2);
        double *off = list(line, "\"float64\": ", 3), ok = 1;
        for (int i = 0; i < 48; i++) {
            char *set = strstr(line, "\"set\": "), *end = strstr(set, "\"first\"");
            if (i % 8 == 0 && sprintf(key, "\"%d\": {\"lr\": ", i / 8 + 1) && (set = strstr(set, key)) && set < end) lr = strtod(set + strlen(key), NULL);
            double d = g[i] + wd * x[i % 8], e = b[i % 8] = i < 8 || mu == 0 ? d : mu * b[i % 8] + (1 - tau) * d;
            ok *= fabs((x[i % 8] -= lr * e) - right[i]) <= off[i];
        }
        printf("%s %.40s\n", ok ? "ok" : "NOT OK", line + 9);
    }}
