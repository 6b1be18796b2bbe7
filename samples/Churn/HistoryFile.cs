using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace GokaAkka.Samples.Churn;

/// <summary>Reads a change history, plain or gzipped: told by its first bytes, not by its name.</summary>
static class HistoryFile
{
    const int LongestLine = 1024 * 1024;

    static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <exception cref="SampleException">The file cannot be read or a line is wrong; the message names file, line, found and expected.</exception>
    public static async IAsyncEnumerable<HistoryLine> Read(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var file = Open(path);
        var raw = PipeReader.Create(file);
        var start = await Guarded(path, 0, raw.ReadAtLeastAsync(GzipMagic.Length, stop));
        var isGzip = start.Buffer.Length >= GzipMagic.Length && start.Buffer.Slice(0, GzipMagic.Length).ToArray().AsSpan().SequenceEqual(GzipMagic);
        raw.AdvanceTo(start.Buffer.Start);
        var lines = isGzip ? PipeReader.Create(new GZipStream(raw.AsStream(), CompressionMode.Decompress)) : raw;
        var number = 0L;
        while (true)
        {
            var read = await Guarded(path, number, lines.ReadAsync(stop));
            var rest = read.Buffer;
            while (TakeLine(ref rest, read.IsCompleted) is { } line)
                yield return Parse(path, ++number, line);
            if (rest.Length > LongestLine)
                throw new SampleException($"{path}, line {number + 1}: longer than {LongestLine} bytes. Is this a change history?");
            if (read.IsCompleted)
                yield break;
            lines.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>Checks that the file is there before anything is started.</summary>
    /// <exception cref="SampleException">It cannot be read.</exception>
    public static void Check(string path) => Open(path).Dispose();

    static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SampleException($"There is no file '{path}' (looked for {Path.GetFullPath(path)}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SampleException($"'{path}' cannot be read: {(Directory.Exists(path) ? "it is a directory." : e.Message)}", e);
        }
    }

    static byte[]? TakeLine(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            var line = rest.Slice(0, end).ToArray();
            rest = rest.Slice(rest.GetPosition(1, end));
            return line;
        }

        if (!isLast || rest.IsEmpty)
            return null;
        var last = rest.ToArray();
        rest = default;
        return last;
    }

    static HistoryLine Parse(string path, long number, byte[] line)
    {
        try
        {
            return HistoryLine.Parse(line);
        }
        catch (FormatException e)
        {
            throw new SampleException($"{path}, line {number}: {e.Message}", e);
        }
    }

    static async ValueTask<ReadResult> Guarded(string path, long lines, ValueTask<ReadResult> read)
    {
        try
        {
            return await read;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new SampleException($"{path}: cannot be read beyond line {lines}: {e.Message}", e);
        }
    }
}
