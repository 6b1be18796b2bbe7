using Akka.Actor;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>
/// Answers reads from what its node has, or says who has it: the entity of a partition, and also at a path of its own on every node, for those who know where to
/// ask. It starts nothing. Reads are made on pool threads, one at a time for each partition: a partition whose disk is slow takes one thread, and no other waits
/// for it. Those behind it that nobody waits for any more are dropped.
/// </summary>
sealed class ReadGateway : ReceiveActor
{
    /// <summary>Where the node's own is, below the system's guardian.</summary>
    public const string Name = "goka-reads";

    readonly LocalReader _reader;
    readonly SharedMap _map;
    readonly TimeSpan _patience;
    readonly TimeProvider _time;

    // The partitions that are being read, each with the requests behind and when they came.
    readonly Dictionary<(string Table, int Partition), Queue<(ReadRequest Request, IActorRef Asker, long Came)>> _waiting = [];

    public ReadGateway(LocalReader reader, SharedMap map, MessageLimit limit, TimeSpan patience, TimeProvider time)
    {
        (_reader, _map, _patience, _time) = (reader, map, patience, time);
        Receive<ReadRequest>(Read);
        Receive<ReadDone>(m =>
        {
            m.Asker.Tell(m.Asker.Path.Address.HasLocalScope ? m.Reply : limit.Of(m.Reply, reader.Node));
            Next((m.Request.Table, m.Request.Partition));
        });
        Receive<UnknownMessage>(m => Sender.Tell(m));
        Receive<StopGateway>(_ => Context.Stop(Self));
    }

    /// <param name="reader">Reads what the node has.</param>
    /// <param name="map">Where the others' is.</param>
    /// <param name="limit">How long an answer may be.</param>
    /// <param name="patience">How long who asks waits for an answer before it asks again, or somebody else.</param>
    /// <param name="time">The time.</param>
    public static Props Props(LocalReader reader, SharedMap map, MessageLimit limit, TimeSpan patience, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new ReadGateway(reader, map, limit, patience, time));

    void Read(ReadRequest request)
    {
        if (_waiting.TryGetValue((request.Table, request.Partition), out var behind))
        {
            behind.Enqueue((request, Sender, _time.GetTimestamp()));
            return;
        }

        _waiting[(request.Table, request.Partition)] = [];
        Begin(request, Sender);
    }

    void Next((string, int) partition)
    {
        while (_waiting[partition].TryDequeue(out var next))
        {
            if (_time.GetElapsedTime(next.Came) >= _patience)
                continue;
            Begin(next.Request, next.Asker);
            return;
        }

        _waiting.Remove(partition);
    }

    void Begin(ReadRequest request, IActorRef asker) => Task.Run(() => Answer(request)).PipeTo(
        Self, success: reply => new ReadDone(request, asker, reply),
        failure: e => new ReadDone(request, asker, new ReadRefused(QueryFailure.Failed, _reader.Node, $"cannot be read: {e.Message}")));

    ReadReply Answer(ReadRequest request)
    {
        var reply = _reader.Read(request);
        if (reply is not ReadRefused refused || _map.Current.Writing(request.Table)?.Board.Find(request.Partition) is not { } claim || claim.Node.ToString() == _reader.Node)
            return reply;
        return refused with { Owner = claim.Node.ToString(), Generation = claim.Generation };
    }

    sealed record ReadDone(ReadRequest Request, IActorRef Asker, ReadReply Reply);
}

/// <summary>The shard moves: the gateway has nothing to finish.</summary>
sealed record StopGateway { public static readonly StopGateway Instance = new(); }
