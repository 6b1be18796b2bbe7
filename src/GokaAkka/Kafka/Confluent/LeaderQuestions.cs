using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Asks the leaders of partitions for offsets. The client asks whom it takes for the leader, and would go on asking one that is gone for as long as it is
/// away: after a failure it is made to ask who leads now. A question keeps the client alive while it lasts. Safe for concurrent use.
/// </summary>
/// <param name="admin">The client; errors of its connections come with <paramref name="lastError"/>.</param>
/// <param name="isolation">Whether a partition ends before the first transaction that is open.</param>
/// <param name="where">Where the cluster is, for messages.</param>
/// <param name="owner">Whose disposal <see cref="Close"/> is a part of.</param>
/// <param name="lastError">Why the client could not reach a broker.</param>
sealed class LeaderQuestions(IAdminClient admin, IsolationLevel isolation, string where, object owner, LastError lastError)
{
    // Not one long call: the client cannot be closed during one, and does not learn of a new leader.
    static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly CallGate _gate = new();

    /// <summary>
    /// Has a client learn who leads a partition, on the thread that owns the client: without knowing, it waits half a second before it asks for
    /// an offset again. What is really wrong will be told by reading.
    /// </summary>
    public static void Learn(Func<IEnumerable<TopicPartitionTimestamp>, TimeSpan, List<global::Confluent.Kafka.TopicPartitionOffset>> ask, TopicPartition id)
    {
        try
        {
            ask([new TopicPartitionTimestamp(id.Topic, id.Partition, new Timestamp(-1, TimestampType.CreateTime))], LongestCall);
        }
        catch (KafkaException)
        {
            // It is a matter of half a second.
        }
    }

    /// <summary>
    /// Settings of a client that asks nothing else. A leader that stands still keeps its connection, and the client would ask that broker who leads, as the one
    /// it has talked to last, until a request has run out of the client's own time, whatever time the question has.
    /// </summary>
    public static Dictionary<string, string> Config(Dictionary<string, string> config) => new(config)
    {
        ["socket.timeout.ms"] = ((long)LongestCall.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc cref="ITableReader.Ends"/>
    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) =>
        Ask(topic, Enumerable.Range(0, partitions), OffsetSpec.Latest(), timeout);

    /// <summary>Asks for an offset of each of these partitions.</summary>
    /// <returns>The offsets by partition; -1 where there is none for a time.</returns>
    /// <exception cref="KafkaFaultException">Not all leaders answered in time.</exception>
    public async Task<IReadOnlyList<long>> Ask(string topic, IEnumerable<int> partitions, OffsetSpec what, TimeSpan timeout)
    {
        _gate.Enter(owner);
        try
        {
            var asked = partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = new(topic, p), OffsetSpec = what }).ToList();
            for (var began = Stopwatch.GetTimestamp(); ;)
            {
                try
                {
                    return await AskOnce(asked, Shorter(timeout - Stopwatch.GetElapsedTime(began))).ConfigureAwait(false);
                }
                catch (KafkaException e)
                {
                    var error = Faults.OfLeaders($"Asking {where} for the offsets of {topic}[{string.Join(",", asked.Select(static a => a.TopicPartition.Partition.Value))}] failed{lastError.Suffix}", e);
                    if (error.Fault.Kind != FaultKind.Retriable || timeout - Stopwatch.GetElapsedTime(began) < LongestCall || _gate.IsClosed)
                        throw error;
                }

                await Task.Delay(Pause).ConfigureAwait(false);
                await Task.Run(LearnLeaders).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Takes no more questions.</summary>
    public void Shut() => _gate.Shut();

    /// <summary>Gives questions up and waits for the call that is under way.</summary>
    public void Close() => _gate.Close();

    async Task<IReadOnlyList<long>> AskOnce(List<TopicPartitionOffsetSpec> asked, TimeSpan timeout)
    {
        var options = new ListOffsetsOptions { RequestTimeout = timeout, IsolationLevel = isolation };
        var answer = await Answer().ConfigureAwait(false);
        // The client takes a leader that has not answered in time for a success.
        if (answer.Exists(static a => a.Offset == Offset.Unset))
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the leader has not answered"));
        lastError.Clear();
        return [.. answer.OrderBy(static a => a.Partition.Value).Select(static a => a.Offset.Value)];

        async Task<List<TopicPartitionOffsetError>> Answer()
        {
            try
            {
                return (await admin.ListOffsetsAsync(asked, options).WaitAsync(timeout + LongestCall).ConfigureAwait(false)).ResultInfos.ConvertAll(static r => r.TopicPartitionOffsetError);
            }
            catch (TimeoutException)
            {
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the client has not ended the question"));
            }
        }
    }

    void LearnLeaders()
    {
        try
        {
            // Of all topics: asking for one could make it, where brokers make topics on request.
            admin.GetMetadata(LongestCall);
        }
        catch (KafkaException)
        {
            // No broker answers; the next question says so.
        }
    }

    static TimeSpan Shorter(TimeSpan left) => left < LongestCall ? left : LongestCall;
}
