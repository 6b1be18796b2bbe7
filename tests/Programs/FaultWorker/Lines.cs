namespace GokaAkka.FaultWorker;

/// <summary>What the tests read: one fact per line on standard output, after <c>&gt; </c>; other lines are the log's.</summary>
static class Lines
{
    static readonly Lock Gate = new();

    public static void Say(string fact)
    {
        lock (Gate)
        {
            Console.Out.WriteLine("> " + fact);
            Console.Out.Flush();
        }
    }
}
