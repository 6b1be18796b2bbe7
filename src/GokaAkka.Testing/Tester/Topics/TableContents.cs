namespace GokaAkka.Testing;

/// <summary>What a table holds: as those have it whose partitions it is, or else as its log says.</summary>
sealed class TableContents(TesterEngine engine, ClusterTopic topic)
{
    /// <summary>The value of a key, or null. It is looked for where it belongs first, then where another partitioner may have put it.</summary>
    public byte[]? Read(Key key)
    {
        var home = engine.Settings.Processor.Partitioner.Partition(key.Span, topic.Partitions);
        for (var i = 0; i < topic.Partitions; i++)
        {
            if (Read((home + i) % topic.Partitions, key) is { } value)
                return value;
        }

        return null;
    }

    /// <summary>The keys in byte order.</summary>
    public IReadOnlyList<Key> Keys()
    {
        var keys = new SortedSet<Key>();
        for (var partition = 0; partition < topic.Partitions; partition++)
        {
            using var owned = Owner(partition)?.Find(partition)!.Iterate(KeyRange.All);
            while (owned is not null && owned.Next())
                keys.Add(Key.Copy(owned.Key));
            if (owned is null)
                keys.UnionWith(Fold(partition).Keys);
        }

        return [.. keys];
    }

    /// <summary>Sets a key, or removes it, in the changelog and with its owner.</summary>
    public void Write(Key key, byte[]? value, Headers? headers)
    {
        var partition = engine.Settings.Processor.Partitioner.Partition(key.Span, topic.Partitions);
        engine.Broker.Append(topic.Name, partition, key.Span, value, value is null, headers, -1);
        Owner(partition)?.Overwrite(partition, key.Span, value);
    }

    byte[]? Read(int partition, Key key) =>
        Owner(partition) is { } owner ? owner.Find(partition)!.GetBytes(key.Span) : Fold(partition).GetValueOrDefault(key);

    TesterNode? Owner(int partition) => engine.Nodes.FirstOrDefault(n => n.Table == topic.Name && n.Process.IsAlive && n.Find(partition) is not null);

    Dictionary<Key, byte[]> Fold(int partition)
    {
        var values = new Dictionary<Key, byte[]>();
        foreach (var record in topic.Log(partition)!.Entries)
        {
            if (record.Status != RecordStatus.Committed)
                continue;
            if (record.Value is { } value)
                values[new Key(record.Key)] = value;
            else
                values.Remove(new Key(record.Key));
        }

        return values;
    }
}
