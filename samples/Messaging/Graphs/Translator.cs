namespace GokaAkka.Samples.Messaging;

/// <summary>Keeps what to put in the place of words.</summary>
static class Translator
{
    public static GroupGraph<string> Graph { get; } = GroupGraph.Define<string>("translator", g => g
        .Input(Topics.TranslateWord, static (ctx, word) => ctx.SetValue(word))
        .Persist(Codec.String));

    public static Table<string> Table => new("translator-table", Codec.String);
}
