namespace GokaAkka.Storage.Tests;

/// <summary>
/// A changelog made up as it is read: batch N is the same each time. Most batches are small, as of a flush, some as large as those of a restore. Keys come in no
/// order, some are too long for engines that share records among them, and some are deleted.
/// </summary>
sealed class MadeChangelog
{
    const int Keys = 3000;
    const int Large = 2000;

    readonly SortedDictionary<Key, string> _entries = [];
    int _reached;

    public static void Apply(IStorage store, int batch) => store.Write(batch, [.. Batch(batch)]);

    /// <summary>What a store holds after so many batches.</summary>
    public string[] Prefix(int batches)
    {
        if (batches < _reached)
        {
            _entries.Clear();
            _reached = 0;
        }

        while (_reached < batches)
        {
            foreach (var (key, value) in Batch(++_reached))
            {
                if (value is null)
                    _entries.Remove(key);
                else
                    _entries[key] = value;
            }
        }

        return [.. _entries.Select(entry => $"{entry.Key}={entry.Value}")];
    }

    static IEnumerable<(Key Key, string? Value)> Batch(int batch)
    {
        var random = new Random(batch);
        var count = batch % 11 == 0 ? Large : random.Next(1, 60);
        for (var i = 0; i < count; i++)
        {
            var key = random.Next(Keys);
            yield return (
                key % 20 == 0 ? $"{new string('k', 600)}{key}" : $"k{key}",
                random.Next(5) == 0 ? null : $"{batch} {new string('v', random.Next(400))}");
        }
    }
}
