using System.Text.Json.Serialization;

namespace GokaAkka.Samples.Churn;

/// <summary>A message: one change of one file. Its path is the message's key.</summary>
/// <param name="Time">Seconds since the Unix epoch.</param>
/// <param name="Commit">The commit's hash.</param>
/// <param name="Added">Lines added.</param>
/// <param name="Deleted">Lines deleted.</param>
readonly record struct Change(long Time, string Commit, long Added, long Deleted)
{
    public static ICodec<Change> Codec { get; } = Codecs.Codec.Json(ChurnJson.Default.Change, immutable: true);
}

/// <summary>The table's value: what all changes of one file sum up to.</summary>
/// <param name="Changes">Number of changes.</param>
/// <param name="Added">Lines added.</param>
/// <param name="Deleted">Lines deleted.</param>
/// <param name="LastOffset">The offset of the last change applied: one at or before it has been applied already.</param>
readonly record struct FileChurn(long Changes, long Added, long Deleted, long LastOffset)
{
    public static ICodec<FileChurn> Codec { get; } = Codecs.Codec.Json(ChurnJson.Default.FileChurn, immutable: true);

    public FileChurn With(Change change, long offset) => new(Changes + 1, Added + change.Added, Deleted + change.Deleted, offset);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Change))]
[JsonSerializable(typeof(FileChurn))]
sealed partial class ChurnJson : JsonSerializerContext;
