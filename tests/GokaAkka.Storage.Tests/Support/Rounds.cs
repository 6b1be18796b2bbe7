namespace GokaAkka.Storage.Tests;

/// <summary>Batches whose every prefix leaves contents that can be told from those of any other.</summary>
static class Rounds
{
    const int Keys = 150;

    /// <summary>Applies batch <paramref name="round"/>, counted from 1: rewrites some keys, adds one, deletes one of an earlier batch.</summary>
    public static void Write(IStorage store, int round)
    {
        var writes = new List<(Key, string?)>();
        for (var i = round % 3; i < Keys; i += 3)
            writes.Add(($"k{i}", Value(round)));
        writes.Add(($"round-{round}", Value(round)));
        if (round > 5)
            writes.Add(($"round-{round - 5}", null));
        store.Write(round, [.. writes]);
    }

    /// <summary>What a store holds after so many batches.</summary>
    public static string[] Expected(int rounds)
    {
        var entries = new SortedDictionary<Key, string>();
        for (var round = 1; round <= rounds; round++)
        {
            for (var i = round % 3; i < Keys; i += 3)
                entries[$"k{i}"] = Value(round);
            entries[$"round-{round}"] = Value(round);
            if (round > 5)
                entries.Remove($"round-{round - 5}");
        }

        return [.. entries.Select(entry => $"{entry.Key}={entry.Value}")];
    }

    static string Value(int round) => $"{round} {new string('v', 40 + (round % 17))}";
}
