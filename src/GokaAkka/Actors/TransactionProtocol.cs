using Akka.Actor;
using GokaAkka.Processing.Transactions;

namespace GokaAkka.Actors;

/// <summary>A partition's actor wants to take part in its processor's transactions. It is watched from then on.</summary>
sealed record Enlist(int Partition, TopicPartitionOffset? Start);

/// <summary>A partition has processed something in the open transaction.</summary>
sealed record Touched { public static readonly Touched Instance = new(); }

/// <summary>A partition has stopped between two records, having come to these offsets, and waits for the outcome.</summary>
sealed record CutReached(IReadOnlyList<TopicPartitionOffset> Offsets);

/// <summary>A partition wants to leave with what it has done.</summary>
sealed record LeaveTransactions { public static readonly LeaveTransactions Instance = new(); }

/// <summary>A partition that may have been admitted has sent nothing and goes.</summary>
sealed record WithdrawFromTransactions { public static readonly WithdrawFromTransactions Instance = new(); }

/// <summary>Answer with <paramref name="Question"/> once the state that the brokers call committed is final.</summary>
sealed record AwaitDecided(object Question);

/// <summary>To a partition: send into the transactions.</summary>
sealed record Admitted(IRecordSender Sender);

/// <summary>To a partition: stop, and answer with <see cref="CutReached"/>.</summary>
sealed record HoldForCommit { public static readonly HoldForCommit Instance = new(); }

/// <summary>To a partition: what it had done is committed, go on.</summary>
sealed record TransactionCommitted { public static readonly TransactionCommitted Instance = new(); }

/// <summary>To a partition: what it had done is committed, and it takes part no longer.</summary>
sealed record TransactionLeft { public static readonly TransactionLeft Instance = new(); }

/// <summary>To a partition: start again from the committed state.</summary>
sealed record RollBack(Exception Reason);

/// <summary>To the processor: there will be no transactions.</summary>
sealed record TransactionsFailed(Exception Error);

/// <summary>A partition's actor as the rounds see it.</summary>
sealed class TransactionMember(IActorRef partition, Enlist enlist) : ITransactionMember
{
    public IActorRef Actor => partition;

    public int Partition => enlist.Partition;

    public TopicPartitionOffset? Start => enlist.Start;

    public void Admit(IRecordSender sender) => partition.Tell(new Admitted(sender));

    public void Hold() => partition.Tell(HoldForCommit.Instance);

    public void Go() => partition.Tell(TransactionCommitted.Instance);

    public void Left() => partition.Tell(TransactionLeft.Instance);

    public void RollBack(Exception reason) => partition.Tell(new RollBack(reason));
}
