using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Inspection;
using GokaAkka.Kafka;
using GokaAkka.Records;

namespace GokaAkka.Hosting;

/// <summary>An emitter that a host keeps. What becomes of a message, its sender learns.</summary>
sealed class EmitterPart<T>(string topic, ICodec<T> codec, Headers? defaultHeaders, IPartitioner? partitioner) : Part<Emitter<T>>("emitter", topic)
{
    protected override RunningPart<Emitter<T>> Run(IServiceProvider services, Goka goka) =>
        new Running(goka.Emitter(Key, codec, defaultHeaders, partitioner));

    sealed class Running(Emitter<T> emitter) : RunningPart<Emitter<T>>(emitter)
    {
        public override Task Ended => Task.CompletedTask;

        public override bool IsProcessor => false;

        public override Task Stop() => Instance.DisposeAsync().AsTask();

        public override PartHealth Live(Goka goka) => Instance.Health with { Level = HealthLevel.Healthy };

        public override PartHealth Ready() => Instance.Health;
    }
}
