namespace GokaAkka.Processing;

/// <summary>What a batch callback sees of its partition. Valid until the callback ends.</summary>
public interface IBatchContext
{
    /// <summary>The consumer group.</summary>
    string Group { get; }

    /// <summary>The topic the records came from.</summary>
    string Topic { get; }

    /// <summary>The partition the records came from.</summary>
    int Partition { get; }

    /// <summary>Which attempt at this batch it is since its partition was started last: 1, and more where the error policy has it tried again.</summary>
    int Attempt { get; }

    /// <summary>Ends when the partition is taken away or the processor stops.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Writes a record to an output once the callback has ended well.</summary>
    /// <exception cref="InvalidOperationException">The topic is not among the group's outputs, or is one of another type.</exception>
    void Emit<T>(string topic, Key key, T value, Headers? headers = null);

    /// <summary>Writes a record to an output once the callback has ended well.</summary>
    /// <exception cref="InvalidOperationException">The stream is not among the group's outputs, or is one of another type.</exception>
    void Emit<T>(Stream<T> stream, Key key, T value, Headers? headers = null);

    /// <summary>
    /// Writes a record with a null value to an output, which removes its key where that is a table: also where the output's type knows no null.
    /// </summary>
    /// <exception cref="InvalidOperationException">The topic is not among the group's outputs.</exception>
    void EmitNull(string topic, Key key, Headers? headers = null);

    /// <summary>Holds back the commit of the batch, and of what is behind it, until the result is completed.</summary>
    DeferredCommit DeferCommit();
}

/// <summary>A record of a batch, decoded; it may be kept.</summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Timestamp">The record's time, or null when the broker gave none.</param>
/// <param name="Headers">The headers.</param>
public readonly record struct Message<T>(Key Key, T Value, long Offset, DateTimeOffset? Timestamp, Headers Headers);
