using Akka.Streams.Kafka.Helpers;
using Akka.Streams.Kafka.Settings;
using Akka.Streams.Stage;
using Akka.Streams.Supervision;
using Confluent.Kafka;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace Akka.Streams.Kafka.Dsl;

/// <summary>
/// A source on a Confluent consumer that does, in one stage, what a package's user sees of the real one: ends of partitions are elements, a consumer
/// nobody asks anything of is polled with its partitions paused, and the decider is asked twice about each exception.
/// </summary>
sealed class ConsumerStage<K, V>(ConsumerSettings<K, V> settings, TopicPartitionOffset[] assignment)
    : GraphStageWithMaterializedValue<SourceShape<ConsumeResult<K, V>>, IControl>
{
    readonly Outlet<ConsumeResult<K, V>> _out = new("ConsumerStage.out");

    public override SourceShape<ConsumeResult<K, V>> Shape => new(_out);

    public override ILogicAndMaterializedValue<IControl> CreateLogicAndMaterializedValue(Attributes inheritedAttributes) =>
        new LogicAndMaterializedValue<IControl>(new Logic(this, inheritedAttributes), new Control());

    TimeSpan PollInterval => settings.PollInterval;

    IConsumer<K, V> MakeConsumer()
    {
        var consumer = settings.ConsumerFactory!(settings);
        consumer.Assign(assignment);
        return consumer;
    }

    sealed class Control : IControl;

    sealed class Logic : TimerGraphStageLogic
    {
        static readonly object PollDue = new();

        readonly ConsumerStage<K, V> _stage;
        readonly TimeSpan _pollInterval;
        readonly Decider _decider;
        IConsumer<K, V>? _consumer;
        bool _isPaused;

        public Logic(ConsumerStage<K, V> stage, Attributes attributes) : base(stage.Shape)
        {
            _stage = stage;
            _pollInterval = stage.PollInterval;
            _decider = attributes.GetAttribute<ActorAttributes.SupervisionStrategy>().Decider;
            SetHandler(stage._out, onPull: Poll);
        }

        public override void PreStart()
        {
            _consumer = _stage.MakeConsumer();
            ScheduleRepeatedly(PollDue, _pollInterval);
        }

        public override void PostStop()
        {
            _consumer?.Close();
            _consumer?.Dispose();
        }

        protected override void OnTimer(object timerKey) => Poll();

        void Poll()
        {
            try
            {
                SetPaused(!IsAvailable(_stage._out));
                if (_consumer!.Consume(TimeSpan.Zero) is { } result)
                    Push(_stage._out, result);
            }
            catch (Exception e)
            {
                // As the consumer's actor does, and then its stage.
                _decider(e);
                if (_decider(e) == Directive.Stop)
                    FailStage(e);
            }
        }

        void SetPaused(bool isPaused)
        {
            if (isPaused == _isPaused)
                return;
            _isPaused = isPaused;
            if (isPaused)
                _consumer!.Pause(_consumer.Assignment);
            else
                _consumer!.Resume(_consumer.Assignment);
        }
    }
}
