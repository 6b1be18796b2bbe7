using System.Collections.Immutable;
using System.Threading.Channels;

namespace GokaAkka.Actors;

/// <summary>A change of a table that a view has applied.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value; the type's default when the key was removed.</param>
/// <param name="IsDelete">Whether the key was removed.</param>
/// <param name="Partition">The table's partition.</param>
/// <param name="Offset">The changelog record's offset.</param>
public readonly record struct TableChange<T>(Key Key, T? Value, bool IsDelete, int Partition, long Offset);

/// <summary>A reader of a view's changes did not keep up and has missed some.</summary>
public sealed class ViewChangesMissedException : Exception
{
    internal ViewChangesMissedException(string view, int capacity)
        : base($"A reader of the changes of the {view} fell {capacity} changes behind and has missed some; read the view itself, then its changes again.")
    {
    }
}

/// <summary>Hands a view's changes to those who read them. A change costs nothing while nobody does. Safe for concurrent use.</summary>
sealed class ViewChanges<T>
{
    public const int Capacity = 100_000;

    ImmutableArray<Channel<RawChange>> _readers = [];

    public Channel<RawChange> Subscribe()
    {
        var channel = Channel.CreateBounded<RawChange>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        ImmutableInterlocked.Update(ref _readers, static (all, added) => all.Add(added), channel);
        return channel;
    }

    public void Unsubscribe(Channel<RawChange> channel) =>
        ImmutableInterlocked.Update(ref _readers, static (all, removed) => all.Remove(removed), channel);

    /// <summary>Records were applied.</summary>
    public void Publish(RecordBatch batch)
    {
        var readers = _readers;
        if (readers.IsEmpty)
            return;
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var record = ref batch[i];
            var change = new RawChange(
                Key.Copy(batch.Key(i)), record.ValueIsNull ? null : batch.Value(i).ToArray(), batch.Partition, record.Offset);
            foreach (var reader in readers)
            {
                // A full channel ends: a gap that is told is better than one that is not, and than a view that waits for its readers.
                if (!reader.Writer.TryWrite(change))
                    reader.Writer.TryComplete(new ChannelFullException());
            }
        }
    }

    public void End(Exception? error)
    {
        foreach (var reader in _readers)
            reader.Writer.TryComplete(error);
    }

    public sealed class ChannelFullException : Exception;
}

/// <summary>A change, not decoded.</summary>
readonly record struct RawChange(Key Key, byte[]? Value, int Partition, long Offset);
