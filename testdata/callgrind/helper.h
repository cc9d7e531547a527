static inline __attribute__((always_inline)) int square(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += n;
    return sum;
}

int other(int n);
