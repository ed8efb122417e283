/* Not pure: remembers something between two calls. */
int purity_planted(void);

int purity_planted(void)
{
    static int calls;
    return ++calls;
}
