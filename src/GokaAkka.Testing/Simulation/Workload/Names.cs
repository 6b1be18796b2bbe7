namespace GokaAkka.Testing.Simulation;

/// <summary>What everything is called in a simulation.</summary>
static class Names
{
    public const string Group = "sim";
    public const string InputA = "in-a";
    public const string InputB = "in-b";
    public const string Loop = "sim-loop";
    public const string Table = "sim-table";
    public const string Output = "out";
    public const string DeadLetters = "sim-dlq";
    public const string Joined = "sim-join";
    public const string LookedUp = "sim-lookup";
    public const string Visitor = "visit";

    public const int Partitions = 3;

    /// <summary>Keys of the inputs; each has a key of its own in the loop.</summary>
    public const int Keys = 9;

    /// <summary>The inputs of the group, in the order in which <see cref="Origin.Source"/> counts them.</summary>
    public static readonly string[] Inputs = [InputA, InputB, Loop];

    // Inputs' keys first, the loop's after them.
    static readonly byte[][] All =
        [.. Enumerable.Range(0, 2 * Keys).Select(i => (i < Keys ? $"k{i.ToString(CultureInfo.InvariantCulture)}" : $"loop-{i - Keys}").ToBytes())];

    static readonly int[] Places = [.. All.Select(k => Partitioners.Fnv1a.Partition(k, Partitions))];

    public static byte[] KeyBytes(int key) => All[key];

    public static Key Key(int key) => new(All[key]);

    /// <summary>The key that the loop has for an input's key.</summary>
    public static int LoopKey(int key) => key + Keys;

    public static int Partition(int key) => Places[key];

    public static int KeyOf(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < All.Length; i++)
        {
            if (bytes.SequenceEqual(All[i]))
                return i;
        }

        throw new ArgumentException($"'{Records.Key.Copy(bytes)}' is no key of the simulation.", nameof(bytes));
    }

    static byte[] ToBytes(this string text) => new Key(text).Memory.ToArray();
}
