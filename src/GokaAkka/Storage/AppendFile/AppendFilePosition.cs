using System.Globalization;
using System.Text;
using GokaAkka.Records;

namespace GokaAkka.Storage;

/// <summary>The file beside an append file that says how far it reaches: one line of text, replaced as a whole.</summary>
sealed class AppendFilePosition
{
    const string Format = "goka-append-1";

    readonly string _path;
    readonly string _values;
    readonly string _identity;

    public AppendFilePosition(string values, StorageId id)
    {
        _values = values;
        _path = values + ".position";
        _identity = $"{StoreFileName.Escape(id.Owner)}/{StoreFileName.Escape(id.Topic)}.{id.Partition}";
    }

    /// <summary>What was last written; null for a store that is new.</summary>
    /// <exception cref="StorageCorruptException">The file is damaged, of another store, or gone while its values are there.</exception>
    public AppendFileStorage.State? Read()
    {
        if (!File.Exists(_path))
        {
            // A new store gets its position before its first value, so values alone were put there by someone else.
            return new FileInfo(_values) is { Exists: true, Length: > 0 } ? throw Corrupt("nothing", "a position beside the values") : null;
        }

        var line = File.ReadAllText(_path);
        var parts = line.TrimEnd('\n').Split(' ');
        if (parts.Length != 7 || parts[0] != Format || parts[6] != Sum(line[..line.LastIndexOf(' ')]))
            throw Corrupt($"'{line.TrimEnd('\n')}'", $"a line that begins with {Format} and ends with its checksum");
        if (parts[1] != _identity)
            throw Corrupt($"the store {parts[1]}", $"the store {_identity}");
        var position = new StorePosition(long.Parse(parts[3], Invariant), ulong.Parse(parts[4], Invariant), long.Parse(parts[5], Invariant));
        return new AppendFileStorage.State(position, long.Parse(parts[2], Invariant));
    }

    public void Write(AppendFileStorage.State state)
    {
        var (nextOffset, fingerprint, timestamp) = state.Position;
        var line = string.Create(Invariant, $"{Format} {_identity} {state.Length} {nextOffset} {fingerprint} {timestamp}");
        var next = _path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes($"{line} {Sum(line)}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    static CultureInfo Invariant => CultureInfo.InvariantCulture;

    static string Sum(string line) => KeyHash.Compute(Encoding.UTF8.GetBytes(line)).ToString("x16", Invariant);

    StorageCorruptException Corrupt(string found, string expected) =>
        new($"The append file {_values} cannot be trusted: {_path} holds {found}, expected {expected}. Move both away or delete them, and let the store "
            + "be written anew from its changelog.");
}
