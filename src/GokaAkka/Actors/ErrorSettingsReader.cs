using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace GokaAkka.Actors;

/// <summary>Reads the error policies of <c>goka.processor</c>: <c>on-error</c>, as a word or stage by stage, and <c>inputs."TOPIC".on-error</c>.</summary>
sealed class ErrorSettingsReader(SettingsSection processor)
{
    const string OnError = "on-error";
    const string Expected = "restart, fail, skip, dead-letter or \"dead-letter to TOPIC\", each after \"retry N then\" if wanted";
    const string ExpectedStages = "decode, callback, emit, storage or table";

    public ErrorSettings Read()
    {
        var inputs = new Dictionary<string, ErrorPolicies>();
        if (processor.Value("inputs") is { } section)
            ReadInputs(section, processor.Full("inputs"), "", inputs);
        return new ErrorSettings(
            Policies(processor.Value(OnError), processor.Full(OnError)), inputs, processor.Duration("retry.min-backoff"), processor.Duration("retry.max-backoff"));
    }

    // A topic's name may have dots in it, which HOCON reads as nested objects unless it is quoted.
    void ReadInputs(HoconValue section, string path, string topic, Dictionary<string, ErrorPolicies> inputs)
    {
        if (section.GetObject() is not { } topics)
            throw Wrong(path, section, "topics, each with { on-error = … }");
        foreach (var (key, value) in topics.Items)
        {
            if (key == OnError && topic.Length > 0)
                inputs[topic] = Policies(value, $"{path}.{OnError}");
            else
                ReadInputs(value, $"{path}.{key}", topic.Length > 0 ? $"{topic}.{key}" : key, inputs);
        }
    }

    ErrorPolicies Policies(HoconValue? value, string path)
    {
        if (value?.GetObject() is not { } stages)
            return ErrorPolicies.All(Policy(value, path));
        ErrorPolicies policies = new();
        foreach (var (stage, policy) in stages.Items)
        {
            var at = $"{path}.{stage}";
            policies = stage switch
            {
                "decode" => policies with { Decode = Policy(policy, at) },
                "callback" => policies with { Callback = Policy(policy, at) },
                "emit" => policies with { Emit = Policy(policy, at) },
                "storage" => policies with { Storage = OfStorage(policy, at) },
                "table" => policies with { Table = OfTable(policy, at) },
                _ => throw new ConfigurationException($"{path} has '{stage}': expected {ExpectedStages}."),
            };
        }

        return policies;
    }

    ErrorPolicy OfStorage(HoconValue value, string path)
    {
        var policy = Policy(value, path);
        return ErrorPolicies.IsForStorage(policy)
            ? policy
            : throw Wrong(path, value, "restart or fail, for a store that fails would fail the next record too");
    }

    ErrorPolicy OfTable(HoconValue value, string path)
    {
        const string expected = "restart, fail, absent, dead-letter or \"dead-letter to TOPIC\"; no retries, for the codec would fail again";
        if (value.GetString() == "absent")
            return ErrorPolicy.Skip;
        return Policy(value, path, expected) is { Retries: 0, Action: not ErrorAction.Skip } policy ? policy : throw Wrong(path, value, expected);
    }

    ErrorPolicy Policy(HoconValue? value, string path, string expected = Expected)
    {
        var words = value?.GetString()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var retries = 0;
        if (words is ["retry", var count, "then", ..])
        {
            if (!int.TryParse(count, out retries) || retries < 1)
                throw Wrong(path, value, "a whole number from 1 on after retry");
            words = words[3..];
        }

        var policy = words switch
        {
            ["restart"] => ErrorPolicy.Restart,
            ["fail"] => ErrorPolicy.Fail,
            ["skip"] => ErrorPolicy.Skip,
            ["dead-letter"] => ErrorPolicy.DeadLetter,
            ["dead-letter", "to", var topic] => GraphRules.NameProblem(topic) is { } problem
                ? throw Wrong(path, value, $"a topic's name after to, and this one {problem}")
                : ErrorPolicy.DeadLetterTo(topic),
            _ => throw Wrong(path, value, expected),
        };
        return retries > 0 ? policy.AfterRetries(retries) : policy;
    }

    ConfigurationException Wrong(string path, HoconValue? value, string expected) =>
        new($"{processor.Name(path)} = {(value?.GetString() is { } text ? $"'{text}'" : value is null ? "nothing" : "an object")}: expected {expected}.");
}
