using Akka.Actor;
using GokaAkka.Kafka.Polling;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>Turns what the polling thread meets into messages to the processor's actor.</summary>
sealed class PollerBridge(IActorRef processor, NodeRuntime runtime) : IPollListener
{
    public void Assigned(IReadOnlyList<PartitionFlow> flows) => processor.Tell(new PartitionsAssigned(flows));

    public Task Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        var drained = new TaskCompletionSource(runtime.Completion);
        processor.Tell(new PartitionsRevoked(partitions, drained));
        return drained.Task;
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions) => processor.Tell(new PartitionsLost(partitions));

    public void Faulted(KafkaFault fault) => processor.Tell(new PollFaulted(fault));

    public void Ended(Exception? error) => processor.Tell(new PollEnded(error));
}

/// <summary>These topic partitions are this node's.</summary>
sealed record PartitionsAssigned(IReadOnlyList<PartitionFlow> Flows);

/// <summary>These topic partitions go once the task is completed.</summary>
sealed record PartitionsRevoked(IReadOnlyList<TopicPartition> Partitions, TaskCompletionSource Drained);

/// <summary>These topic partitions are gone.</summary>
sealed record PartitionsLost(IReadOnlyList<TopicPartition> Partitions);

/// <summary>A fault the group consumer goes on from.</summary>
sealed record PollFaulted(KafkaFault Fault);

/// <summary>The polling thread has ended.</summary>
sealed record PollEnded(Exception? Error);
