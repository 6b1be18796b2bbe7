using GokaAkka.Codecs;

namespace GokaAkka.Tables;

/// <summary>
/// A value of a table cannot be read by the codec that reads the table: the codec was changed, or somebody with another one has written it. What
/// becomes of it, <c>goka.processor.on-error.table</c> says. The inner exception is the codec's.
/// </summary>
public sealed class TableValueException : Exception
{
    TableValueException(string owner, string table, int partition, Key key, long? offset, string codec, byte[] value, Exception cause)
        : base(
            $"The value of key '{key}' in table '{table}', {(partition < 0 ? "" : $"partition {partition}, ")}{(offset is null ? "" : $"offset {offset}, ")}as {owner} has it, "
            + $"cannot be read by its codec {codec}: {cause.Message} ({value.Length} B were found. Read it with the codec that has written it, see \"Changing a codec\" "
            + "in docs/operations.md, or set goka.processor.on-error.table.)", cause)
    {
        (Owner, Table, Partition, Key, Offset, Codec, Value) = (owner, table, partition, key, offset, codec, value);
    }

    /// <summary>Whose copy of the table it is: a group, or a view.</summary>
    public string Owner { get; }

    /// <summary>The table's topic.</summary>
    public string Table { get; }

    /// <summary>The partition; -1 where it is not known.</summary>
    public int Partition { get; }

    /// <summary>The key.</summary>
    public Key Key { get; }

    /// <summary>The offset of the value's record in the table's topic; null where it is not known, as of what is in a local store.</summary>
    public long? Offset { get; }

    /// <summary>The codec that was asked.</summary>
    public string Codec { get; }

    /// <summary>The bytes.</summary>
    internal byte[] Value { get; }

    /// <summary>Reads a value.</summary>
    /// <exception cref="TableValueException">The codec has failed.</exception>
    internal static T Decode<T>(
        ICodec<T> codec, ReadOnlySpan<byte> value, ReadOnlySpan<byte> key, string owner, string table, int partition, long? offset = null)
    {
        try
        {
            return codec.Decode(value);
        }
        catch (Exception e)
        {
            throw new TableValueException(owner, table, partition, Key.Copy(key), offset, TypeNames.Short(codec.GetType()), value.ToArray(), e);
        }
    }
}
