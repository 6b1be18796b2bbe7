using System.Diagnostics;
using Confluent.Kafka;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Asks the leaders of partitions for offsets. The client asks whom it takes for the leader, and would go on asking one that is gone for as long as it is
/// away: after a failure it is made to ask who leads now. A question keeps the client alive while it lasts. Safe for concurrent use.
/// </summary>
/// <param name="client">
/// The client, whose <c>isolation.level</c> says whether a partition ends before the first transaction that is open; errors of its connections come with
/// <paramref name="lastError"/>.
/// </param>
/// <param name="where">Where the cluster is, for messages.</param>
/// <param name="owner">Whose disposal <see cref="Close"/> is a part of.</param>
/// <param name="lastError">Why the client could not reach a broker.</param>
sealed class LeaderQuestions(IClient client, string where, object owner, LastError lastError)
{
    // Not one long call: the client cannot be closed during one, and does not learn of a new leader.
    static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly CallGate _gate = new();
    readonly nint _client = NativeClient.Of(client);

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
    /// Settings of a client that asks nothing else, for ends up to which nobody reads: what open transactions hold counts. A leader that stands still keeps its
    /// connection, and the client would ask that broker who leads, as the one it has talked to last, until a request has run out of the client's own time,
    /// whatever time the question has.
    /// </summary>
    public static Dictionary<string, string> Config(Dictionary<string, string> config) => new(config)
    {
        ["isolation.level"] = "read_uncommitted",
        ["socket.timeout.ms"] = ((long)LongestCall.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc cref="ITableReader.Ends"/>
    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) =>
        Ask(topic, [.. Enumerable.Range(0, partitions)], NativeOffsets.Latest, timeout);

    /// <summary>Asks for an offset of each of these partitions.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="at">As <see cref="NativeOffsets.Ask"/> takes it.</param>
    /// <param name="timeout">How long to ask.</param>
    /// <returns>The offsets by partition, in ascending order; -1 where there is none for a time.</returns>
    /// <exception cref="KafkaFaultException">Not all leaders answered in time.</exception>
    public async Task<IReadOnlyList<long>> Ask(string topic, IReadOnlyCollection<int> partitions, long at, TimeSpan timeout)
    {
        _gate.Enter(owner);
        try
        {
            for (var began = Stopwatch.GetTimestamp(); ;)
            {
                try
                {
                    var answers = await OnThread(() => NativeOffsets.Ask(_client, topic, partitions, at, Shorter(timeout - Stopwatch.GetElapsedTime(began)))).ConfigureAwait(false);
                    lastError.Clear();
                    return answers;
                }
                catch (KafkaException e)
                {
                    var error = Faults.OfLeaders($"Asking {where} for the offsets of {topic}[{string.Join(",", partitions)}] failed{lastError.Suffix}", e);
                    if (error.Fault.Kind != FaultKind.Retriable || timeout - Stopwatch.GetElapsedTime(began) < LongestCall || _gate.IsClosed)
                        throw error;
                }

                await Task.Delay(Pause).ConfigureAwait(false);
                await OnThread(() =>
                {
                    NativeOffsets.LearnLeaders(_client, LongestCall);
                    return true;
                }).ConfigureAwait(false);
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

    // Not on the pool's: a leader that is silent would hold up as many of those as there are partitions to restore.
    static Task<T> OnThread<T>(Func<T> call) => Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    static TimeSpan Shorter(TimeSpan left) => left < LongestCall ? left : LongestCall;
}
