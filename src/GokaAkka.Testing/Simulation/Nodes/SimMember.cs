using GokaAkka.Processing.Transactions;

namespace GokaAkka.Testing.Simulation;

/// <summary>A partition as its node's transactions see it: what they tell it arrives in its mailbox.</summary>
sealed class SimMember(SimPartition partition, Mailbox box) : ITransactionMember
{
    public int Partition => partition.Number;

    public TopicPartitionOffset? Start => partition.Begun;

    public void Admit(IRecordSender sender) => box.Tell(() => partition.Admitted(sender));

    public void Hold() => box.Tell(partition.Held);

    public void Go() => box.Tell(() => partition.Committed(hasLeft: false));

    public void Left() => box.Tell(() => partition.Committed(hasLeft: true));

    public void RollBack(Exception reason) => box.Tell(() => partition.RolledBack(reason));
}
