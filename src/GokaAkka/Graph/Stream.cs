using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>A topic whose records are messages of one type. goka's <c>Stream</c>, with its codec.</summary>
/// <typeparam name="T">The messages' type.</typeparam>
/// <param name="Name">The topic.</param>
/// <param name="Codec">How its values are written.</param>
public sealed record Stream<T>(string Name, ICodec<T> Codec)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A compacted topic that holds the latest value of every key. goka's <c>Table</c>, with its codec.</summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <param name="Name">The topic.</param>
/// <param name="Codec">How its values are written.</param>
public sealed record Table<T>(string Name, ICodec<T> Codec)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
