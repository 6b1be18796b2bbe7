using GokaAkka.Processing;

namespace GokaAkka.Samples.Messaging;

/// <summary>
/// Notices who sends much and is answered by nobody, and has them blocked. A message is counted for its sender where it comes in, and for its
/// receiver by way of the loop, which takes it to the partition that owns the receiver.
/// </summary>
static class Detector
{
    const int SentAtLeast = 10;
    const double AnsweredAtLeast = 0.1;

    sealed record Traffic(long Sent, long Received);

    public static GroupGraph Graph { get; } = GroupGraph.Define<Traffic>("detector", g => g
        .Input(Topics.Sent, OnSent)
        .Loop(Topics.Sent.Codec, static (ctx, _) => ctx.SetValue(Of(ctx) with { Received = Of(ctx).Received + 1 }))
        .Output(Topics.BlockUser)
        .Persist(Codec.Json<Traffic>(immutable: true)));

    public static GokaAkka.Actors.Processor Start(Goka goka) => goka.Process((GroupGraph<Traffic>)Graph);

    static void OnSent(IContext<Traffic> ctx, Message message)
    {
        var traffic = Of(ctx) with { Sent = Of(ctx).Sent + 1 };
        ctx.SetValue(traffic);
        ctx.Loopback(message.To, message);
        if (traffic.Sent >= SentAtLeast && traffic.Received < AnsweredAtLeast * traffic.Sent)
            ctx.Emit(Topics.BlockUser, ctx.Key, new BlockEvent(Unblock: false));
    }

    static Traffic Of(IContext<Traffic> ctx) => ctx.Value ?? new Traffic(0, 0);
}
