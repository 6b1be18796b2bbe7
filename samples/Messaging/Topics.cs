namespace GokaAkka.Samples.Messaging;

/// <summary>A message from one user to another.</summary>
sealed record Message(string From, string To, string Content);

/// <summary>A wish that a user be blocked, or not any more.</summary>
sealed record BlockEvent(bool Unblock);

/// <summary>The streams between the programs.</summary>
static class Topics
{
    /// <summary>Messages as their senders wrote them, keyed by sender.</summary>
    public static readonly Stream<Message> Sent = new("sent", Codec.Json<Message>(immutable: true));

    /// <summary>Messages as they are delivered, keyed by receiver.</summary>
    public static readonly Stream<Message> Received = new("received", Codec.Json<Message>(immutable: true));

    /// <summary>Users to be blocked, keyed by user.</summary>
    public static readonly Stream<BlockEvent> BlockUser = new("block-user", Codec.Json<BlockEvent>(immutable: true));

    /// <summary>Words and what to put in their place, keyed by word.</summary>
    public static readonly Stream<string> TranslateWord = new("translate-word", Codec.String);

    /// <summary>What has to be there before the programs start: the streams, and the tables that one reads of another.</summary>
    public static readonly string[] All =
        [Sent.Name, Received.Name, BlockUser.Name, TranslateWord.Name, Blocker.Table.Name, Translator.Table.Name, Collector.Table.Name];
}
