using System.Text;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Processing;

namespace GokaAkka.FaultWorker;

/// <summary>
/// Counts the numbered messages of each key in the group's table, and tells of each in a stream: its number, who counted it, and in which of that worker's
/// assignments.
/// </summary>
sealed class CountingGraph(WorkerSettings settings)
{
    readonly byte[]? _slowKey = settings.SlowKey is { } key ? Encoding.UTF8.GetBytes(key) : null;
    readonly bool _isAlwaysSlow = settings.SlowKey == "*";
    int _slowTimes = settings.SlowTimes;
    int _assignments;

    public void Assigned() => Interlocked.Increment(ref _assignments);

    public GroupGraph<Tally> Define() => GroupGraph.Define<Tally>(settings.Group, g => g
        .Input(settings.Topic, Codec.Int64, Count)
        .Output(settings.Out, Codec.String)
        .Persist(Tally.Codec));

    void Count(IContext<Tally> ctx, long number)
    {
        // What a callback that blocks does: this is the fault, not a wait for something.
        if (_isAlwaysSlow)
        {
            Thread.Sleep(settings.Slowness);
        }
        else if (_slowKey is not null && ctx.KeyBytes.SequenceEqual(_slowKey) && Interlocked.Decrement(ref _slowTimes) >= 0)
        {
            Lines.Say($"slow {number}");
            Thread.Sleep(settings.Slowness);
            Lines.Say($"slow-done {number}");
        }

        ctx.SetValue(ctx.Value.With(number));
        ctx.Emit(settings.Out, ctx.Key, $"{number} {settings.Name} {Volatile.Read(ref _assignments)}");
    }
}
