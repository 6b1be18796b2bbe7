namespace GokaAkka.Testing;

/// <summary>Which type each topic's values have and with which codec they are written, as graphs, views and emitters have said.</summary>
sealed class TopicCatalog
{
    readonly SortedDictionary<string, List<Use>> _uses = new(StringComparer.Ordinal);

    // Topics of dead letters, which hold what others have written: anybody may read them as bytes, or with a codec.
    readonly SortedSet<string> _raw = new(StringComparer.Ordinal);

    /// <summary>The topics anybody has named.</summary>
    public IEnumerable<string> Topics => _uses.Keys.Union(_raw).Order(StringComparer.Ordinal);

    /// <summary>Takes note of a topic of dead letters.</summary>
    public void AddRaw(string topic) => _raw.Add(topic);

    /// <summary>Takes note of every edge of a graph.</summary>
    /// <exception cref="TesterException">A topic has another type or codec elsewhere.</exception>
    public void Add(GroupGraph graph)
    {
        foreach (var edge in graph.AllEdges.Where(e => e.Kind != EdgeKind.Visitor))
            Add(edge.Topic, new Use($"{edge.Kind} of group '{graph.Group}'", edge.MessageType, edge.CodecName, edge));
    }

    /// <summary>Takes note of a topic's codec.</summary>
    /// <exception cref="TesterException">The topic has another type or codec elsewhere.</exception>
    public void Add<T>(string topic, ICodec<T> codec, string user) =>
        Add(topic, new Use(user, typeof(T), TypeNames.Short(codec.GetType()), codec));

    /// <summary>A topic's codec.</summary>
    /// <exception cref="TesterException">Nobody has named the topic, or its values are of another type.</exception>
    public ICodec<T> Codec<T>(string topic)
    {
        if (_raw.Contains(topic) && GokaAkka.Codecs.Codec.Bytes is ICodec<T> bytes)
            return bytes;
        if (!_uses.TryGetValue(topic, out var uses))
            throw Unknown(topic);
        foreach (var use in uses)
        {
            if (use.Source is ICodecEdge<T> edge)
                return edge.Codec;
            if (use.Source is ICodec<T> codec)
                return codec;
        }

        throw new TesterException(
            $"Topic '{topic}' holds values of type {TypeNames.Short(uses[0].Type)} ({uses[0].User}), not {TypeNames.Short(typeof(T))}: "
            + "give a value of that type, or write the type argument out where a literal is taken for another one.");
    }

    /// <exception cref="TesterException">Nobody has named the topic.</exception>
    public void Require(string topic)
    {
        if (!_uses.ContainsKey(topic) && !_raw.Contains(topic))
            throw Unknown(topic);
    }

    TesterException Unknown(string topic) => new(
        $"Topic '{topic}' is unknown to the tester: no graph, view, emitter or tracker of it uses it. Known are "
        + $"{(Topics.Any() ? string.Join(", ", Topics) : "none")}. Give the tester the graph first, or check the name.");

    void Add(string topic, Use added)
    {
        if (!_uses.TryGetValue(topic, out var uses))
            _uses[topic] = uses = [];
        foreach (var use in uses)
        {
            if (use.Type != added.Type || (use.Codec != added.Codec && !use.IsFailing && !added.IsFailing))
            {
                throw new TesterException(
                    $"Topic '{topic}' has two codecs: {use.Codec} of {TypeNames.Short(use.Type)} ({use.User}) and {added.Codec} of "
                    + $"{TypeNames.Short(added.Type)} ({added.User}). All who use a topic have to agree: give them the same one.");
            }
        }

        uses.Add(added);
    }

    sealed record Use(string User, Type Type, string Codec, object Source)
    {
        // It stands in for whatever codec it wraps.
        public bool IsFailing => Codec == TypeNames.Short(typeof(FailingCodec<>).MakeGenericType(Type));
    }
}
