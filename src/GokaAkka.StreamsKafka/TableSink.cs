using Akka.Streams;
using Akka.Streams.Stage;
using Confluent.Kafka;

namespace GokaAkka.StreamsKafka;

/// <summary>
/// The end of a partition's stream: takes records off it for as long as the listener has room for them. Everything that concerns the partition
/// happens here, on the stream's actor, one thing at a time.
/// </summary>
sealed class TableSink(PartitionStream stream) : GraphStage<SinkShape<ConsumeResult<byte[], byte[]>>>
{
    readonly Inlet<ConsumeResult<byte[], byte[]>> _in = new("TableSink.in");

    public override SinkShape<ConsumeResult<byte[], byte[]>> Shape => new(_in);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, stream);

    /// <summary>The stage as its stream sees it.</summary>
    public sealed class Logic : TimerGraphStageLogic
    {
        // Records wait no longer than this for more to go with them.
        static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
        static readonly object HandOverDue = new();

        readonly TableSink _stage;
        readonly PartitionStream _stream;
        bool _isTimed;
        bool _hasEnded;

        public Logic(TableSink stage, PartitionStream stream) : base(stage.Shape)
        {
            _stage = stage;
            _stream = stream;
            SetHandler(stage._in, Take, () => Broken(null), Broken);
        }

        public override void PreStart()
        {
            _stream.Started(GetAsyncCallback(RunCommands));
            RunCommands();
            Continue();
        }

        public override void PostStop()
        {
            if (!_hasEnded)
                _stream.Subscription.Drop();
        }

        protected override void OnTimer(object timerKey)
        {
            _isTimed = false;
            HandOver();
        }

        /// <summary>Takes nothing more.</summary>
        public void End()
        {
            _hasEnded = true;
            _stream.Subscription.Drop();
        }

        /// <summary>Gives the listener what it has room for and takes on what fits then.</summary>
        public void HandOver()
        {
            _stream.Subscription.HandOver();
            Continue();
        }

        void RunCommands()
        {
            while (!_hasEnded && _stream.TryTakeCommand(out var command))
                command(this);
        }

        void Take()
        {
            _stream.Take(Grab(_stage._in));
            if (_stream.Subscription.IsFull || _stream.Subscription.IsAtEnd)
            {
                HandOver();
                return;
            }

            if (!_isTimed)
                ScheduleOnce(HandOverDue, Linger);
            _isTimed = true;
            Continue();
        }

        void Continue()
        {
            if (!_hasEnded && !_stream.Subscription.IsFull && !HasBeenPulled(_stage._in))
                Pull(_stage._in);
        }

        void Broken(Exception? cause)
        {
            if (!_hasEnded)
                _stream.Broken(this, cause);
        }
    }
}
