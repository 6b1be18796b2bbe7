namespace GokaAkka.Processing;

/// <summary>What happens to the records of each input of a group, stage by stage: every setting there is, put together. Immutable.</summary>
sealed class ErrorPlan
{
    static readonly ProcessingStage[] Stages = Enum.GetValues<ProcessingStage>();

    readonly Dictionary<string, ErrorPolicies> _byInput = [];
    readonly Dictionary<ErrorPolicy, string> _deadLetters = [];
    readonly ErrorPolicies _visits;
    readonly ErrorSettings _settings;

    /// <param name="graph">The group's graph: an input's own policies.</param>
    /// <param name="processor">The processor's, given in code; null for none.</param>
    /// <param name="settings">Those of the configuration. One for a topic goes over the code's: who runs a group decides last.</param>
    public ErrorPlan(GroupGraph graph, ErrorPolicies? processor, ErrorSettings settings)
    {
        _settings = settings;
        _visits = processor?.Over(settings.OnError) ?? settings.OnError;
        foreach (var edge in graph.AllEdges)
        {
            if (edge is not IInputOptions input)
                continue;
            var inCode = input.Options.Errors?.Over(_visits) ?? _visits;
            var policies = settings.Inputs.TryGetValue(edge.Topic, out var configured) ? configured.Over(inCode) : inCode;
            _byInput[edge.Topic] = policies;
            foreach (var stage in Stages)
                Note(policies[stage], graph.Group);
        }

        // A visit has no record that could be dead-lettered, but tables' entries.
        Note(_visits.Table, graph.Group);
        DeadLetterTopics = [.. _deadLetters.Values.Distinct()];
    }

    /// <summary>The topics that dead letters may go to.</summary>
    public IReadOnlyList<string> DeadLetterTopics { get; }

    /// <summary>Where dead letters of a group go that says nothing else.</summary>
    public static string DefaultTopic(string group) => group + "-dlq";

    /// <summary>The policy of an input's stage.</summary>
    /// <param name="input">The input's topic; null, or a visitor's name, for what goes by the processor's policies.</param>
    /// <param name="stage">The stage.</param>
    public ErrorPolicy For(string? input, ProcessingStage stage) =>
        (input is null ? _visits : _byInput.GetValueOrDefault(input, _visits))[stage] ?? ErrorPolicy.Restart;

    /// <summary>Where a policy's dead letters go: always the same string, by which what is sent is counted.</summary>
    public string DeadLetterTopic(ErrorPolicy policy) => _deadLetters[policy];

    void Note(ErrorPolicy? policy, string group)
    {
        if (policy is { Action: ErrorAction.DeadLetter })
            _deadLetters[policy] = policy.DeadLetterTopic ?? DefaultTopic(group);
    }

    /// <summary>The pause before another attempt.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="attempt">The attempt that has failed, from 1 on.</param>
    public TimeSpan Pause(ErrorPolicy policy, int attempt)
    {
        var min = policy.MinPause ?? _settings.RetryMinPause;
        var max = policy.MaxPause ?? _settings.RetryMaxPause;
        return TimeSpan.FromMilliseconds(Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, attempt - 1)));
    }

    /// <summary>What makes the dead letter topics impossible, one sentence each.</summary>
    public IEnumerable<string> Problems(GroupGraph graph)
    {
        foreach (var topic in DeadLetterTopics)
        {
            var own = graph.AllEdges.FirstOrDefault(e => e.Kind is EdgeKind.Input or EdgeKind.Loop or EdgeKind.Persist && e.Topic == topic);
            if (own is not null)
                yield return $"Dead letters of '{graph.Group}' would go to '{topic}', which is its own {(own.Kind == EdgeKind.Persist ? "table" : own.Kind.ToString().ToLowerInvariant())}: name another topic in its error policy.";
            else if (GraphRules.NameProblem(topic) is { } problem)
                yield return $"Dead letters of '{graph.Group}' would go to '{topic}', whose name {problem}: name another topic in its error policy.";
        }
    }
}

/// <summary>The error policies of a configuration.</summary>
/// <param name="OnError">For all inputs.</param>
/// <param name="Inputs">For single topics.</param>
/// <param name="RetryMinPause">The first pause before another attempt, where a policy does not say.</param>
/// <param name="RetryMaxPause">The longest.</param>
public sealed record ErrorSettings(
    ErrorPolicies OnError, IReadOnlyDictionary<string, ErrorPolicies> Inputs, TimeSpan RetryMinPause, TimeSpan RetryMaxPause);
