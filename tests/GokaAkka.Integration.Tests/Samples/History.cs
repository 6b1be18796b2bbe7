using System.IO.Compression;

namespace GokaAkka.Integration.Tests.Samples;

/// <summary>A change history and the table it must give.</summary>
sealed class History
{
    const int PathCount = 900;

    History(IReadOnlyList<byte[]> lines, byte[] expected)
    {
        Lines = lines;
        Expected = expected;
    }

    /// <summary>The lines, without their ends.</summary>
    public IReadOnlyList<byte[]> Lines { get; }

    /// <summary>The table's file, to the byte.</summary>
    public byte[] Expected { get; }

    /// <summary>The history kept beside the repository.</summary>
    public static History Real()
    {
        var lines = Split(Unzip(Builds.Data("churn.tsv.gz")!));
        return new History(lines, Unzip(Builds.Data("churn-expected.tsv.gz")!));
    }

    /// <summary>The same history for the same seed; its table is summed up here, by other means than the sample's.</summary>
    public static History Generated(int lines, int seed)
    {
        var random = new Random(seed);
        var paths = Enumerable.Range(0, PathCount).Select(i => MakePath(i, random)).ToArray();
        var sums = new Dictionary<Key, (long Changes, long Added, long Deleted)>();
        var made = new List<byte[]>();
        for (var i = 0; i < lines; i++)
        {
            // Squared, so that some paths change often and many seldom.
            var path = new Key(paths[(int)(random.NextDouble() * random.NextDouble() * paths.Length)]);
            var (added, deleted) = (random.Next(500), random.Next(500));
            var sum = sums.GetValueOrDefault(path);
            sums[path] = (sum.Changes + 1, sum.Added + added, sum.Deleted + deleted);
            made.Add([.. Encoding.ASCII.GetBytes($"{1_500_000_000 + i}\t{random.Next():x8}\t{added}\t{deleted}\t"), .. path.Span]);
        }

        var expected = sums.OrderBy(s => s.Key).Select(
            s => (byte[])[.. s.Key.Span, .. Encoding.ASCII.GetBytes($"\t{s.Value.Changes}\t{s.Value.Added}\t{s.Value.Deleted}")]);
        return new History(made, Join(expected));
    }

    /// <summary>Writes some of the lines to a file.</summary>
    public string Write(string path, Range lines, bool gzip = false)
    {
        var (start, count) = lines.GetOffsetAndLength(Lines.Count);
        using var file = File.Create(path);
        using Stream target = gzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(Join(Lines.Skip(start).Take(count)));
        return path;
    }

    // Names that sort differently as text and as bytes, prefixes of each other, and bytes that are no text at all.
    static byte[] MakePath(int number, Random random) => (number % 5) switch
    {
        0 => Encoding.UTF8.GetBytes($"src/Ünïcode/{number}.cs"),
        1 => Encoding.UTF8.GetBytes($"src/{new string('a', 1 + (number / 5))}"),
        2 => [.. Encoding.ASCII.GetBytes($"raw/{number}-"), 0xff, (byte)random.Next(0x80, 0x100), 0x0d, 0x01],
        3 => Encoding.UTF8.GetBytes($"docs/𝄞 {number} with spaces.md"),
        _ => Encoding.UTF8.GetBytes($"Z/{number}"),
    };

    static byte[] Join(IEnumerable<byte[]> lines)
    {
        var all = new MemoryStream();
        foreach (var line in lines)
        {
            all.Write(line);
            all.WriteByte((byte)'\n');
        }

        return all.ToArray();
    }

    static List<byte[]> Split(byte[] text)
    {
        var lines = new List<byte[]>();
        foreach (var range in text.AsSpan().TrimEnd((byte)'\n').Split((byte)'\n'))
            lines.Add(text[range]);
        return lines;
    }

    static byte[] Unzip(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var all = new MemoryStream();
        file.CopyTo(all);
        return all.ToArray();
    }
}
