using GokaAkka.Processing;

namespace GokaAkka.Samples.Messaging;

/// <summary>
/// Delivers what is sent, except from blocked users, with words translated. The sender's block is joined, since sent messages and blocks
/// are keyed by sender; words are looked up, since they are keyed otherwise.
/// </summary>
static class Filter
{
    public static GroupGraph<Stateless> Graph { get; } = GroupGraph.Define("filter", g => g
        .Input(Topics.Sent, Deliver)
        .Output(Topics.Received)
        .Join(Blocker.Table)
        .Lookup(Translator.Table));

    static void Deliver(IContext<Stateless> ctx, Message message)
    {
        if (ctx.Join(Blocker.Table))
            return;
        var words = message.Content.Split(' ').Select(word => ctx.Lookup(Translator.Table, word) ?? word);
        ctx.Emit(Topics.Received, message.To, message with { Content = string.Join(' ', words) });
    }
}
