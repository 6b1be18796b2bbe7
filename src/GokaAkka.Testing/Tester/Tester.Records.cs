namespace GokaAkka.Testing;

public sealed partial class Tester
{
    /// <summary>Every record written so far, tables' included, in the order of writing.</summary>
    public IReadOnlyList<KafkaRecord> Journal => _engine.Broker.Journal;

    /// <summary>Writes a record to a topic, and returns when everything that came of it has settled. goka's <c>Consume</c>.</summary>
    /// <typeparam name="T">The type of the topic's values.</typeparam>
    /// <param name="topic">The topic, known from a graph, view, emitter or tracker, which say its codec too.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null writes a null value.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="time">The record's time; that of the virtual clock by default.</param>
    /// <param name="partition">The partition, where it should not be the one that the partitioner chooses.</param>
    /// <returns>The record's offset.</returns>
    /// <exception cref="TesterException">The topic is unknown or of another type; a processor has failed; nothing settles.</exception>
    public long Consume<T>(string topic, Key key, T? value, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        var offset = Append(topic, key, value, headers, time, partition);
        _engine.Settle();
        return offset;
    }

    /// <summary>Writes a record to a stream, which need not be known yet, and returns when everything that came of it has settled.</summary>
    /// <inheritdoc cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/>
    public long Consume<T>(Stream<T> stream, Key key, T? value, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        Know(stream);
        return Consume(stream.Name, key, value, headers, time, partition);
    }

    /// <summary>Writes a record with a null value, and returns when everything that came of it has settled.</summary>
    /// <inheritdoc cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/>
    public long ConsumeNull(string topic, Key key, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        var offset = AppendNull(topic, key, headers, time, partition);
        _engine.Settle();
        return offset;
    }

    /// <summary>Writes a record and runs nothing: for several records that are to be read together, or callbacks that are to be left waiting.</summary>
    /// <inheritdoc cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/>
    public long Append<T>(string topic, Key key, T? value, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        _engine.CheckIdle();
        var codec = _catalog.Codec<T>(topic);
        return Write(topic, key, value is null ? null : Encode(codec, topic, key, value), headers, time, partition);
    }

    /// <summary>Writes a record with a null value and runs nothing.</summary>
    /// <inheritdoc cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/>
    public long AppendNull(string topic, Key key, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        _engine.CheckIdle();
        _catalog.Require(topic);
        return Write(topic, key, null, headers, time, partition);
    }

    /// <summary>Writes a record whose value is these bytes, whatever the topic's codec makes of them, and runs nothing.</summary>
    /// <inheritdoc cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/>
    public long AppendRaw(string topic, Key key, byte[]? value, Headers? headers = null, DateTimeOffset? time = null, int? partition = null)
    {
        _engine.CheckIdle();
        _catalog.Require(topic);
        return Write(topic, key, value, headers, time, partition);
    }

    /// <summary>
    /// Goes on until everything has settled, waiting for callbacks: for the virtual clock by moving it, for anything else in real time. goka's
    /// <c>Catchup</c>.
    /// </summary>
    /// <exception cref="TesterException">A processor has failed, a callback does not end, or nothing settles.</exception>
    public void Settle() => _engine.Settle();

    /// <summary>Does what can be done without waiting: callbacks that wait are left at it, pauses last, the clock stands still.</summary>
    /// <exception cref="TesterException">A processor has failed, or nothing settles.</exception>
    public void Run() => _engine.Settle(waits: false);

    /// <summary>Moves the virtual clock, lets happen what happens on the way, and leaves at it what still waits.</summary>
    /// <exception cref="TesterException">A processor has failed, or nothing settles.</exception>
    public void Advance(TimeSpan by) => _engine.Advance(by);

    /// <summary>Follows what is written to a stream from now on.</summary>
    public TopicTracker<T> Track<T>(Stream<T> stream)
    {
        Know(stream);
        return new TopicTracker<T>(stream.Name, _engine.Broker.JournalOf(stream.Name), stream.Codec);
    }

    /// <summary>Follows what is written to a table from now on.</summary>
    public TopicTracker<T> Track<T>(Table<T> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Track<T>(table.Name);
    }

    /// <summary>Follows what is written to a topic from now on.</summary>
    /// <typeparam name="T">The type of the topic's values.</typeparam>
    /// <param name="topic">The topic, known from a graph, view or emitter.</param>
    /// <exception cref="TesterException">The topic is unknown or of another type.</exception>
    public TopicTracker<T> Track<T>(string topic) => new(topic, _engine.Broker.JournalOf(topic), _catalog.Codec<T>(topic));

    void Know<T>(Stream<T> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _engine.CheckIdle();
        _catalog.Add(stream.Name, stream.Codec, "stream given to the tester");
        Require(stream.Name, isTable: false);
    }

    long Write(string topic, Key key, byte[]? value, Headers? headers, DateTimeOffset? time, int? partition)
    {
        foreach (var node in _engine.Nodes.Where(n => n.State == TesterNodeState.Failed && n.Inputs.Contains(topic)))
        {
            if (!_engine.Nodes.Any(n => n.Group == node.Group && n.IsAlive))
            {
                throw new TesterException(
                    $"Group '{node.Group}', which reads '{topic}', has failed and processes nothing: start it again with Faults.Restart. {node.Failure!.Message}",
                    node.Failure);
            }
        }

        var count = _engine.Broker.Cluster.Topic(topic)!.Partitions;
        var target = partition ?? _engine.Settings.Processor.Partitioner.Partition(key.Span, count);
        if (target < 0 || target >= count)
            throw new TesterException($"Topic '{topic}' has no partition {target}: its partitions are 0 to {count - 1}.");
        return _engine.Broker.Append(topic, target, key.Span, value, value is null, headers, time?.ToUnixTimeMilliseconds() ?? -1);
    }
}
