using Akka.Event;

namespace GokaAkka.Inspection.Actions;

/// <summary>
/// Functions that an application lets be started and stopped from outside, by name, with a text value: goka's actions. They run in this process.
/// Safe for concurrent use.
/// </summary>
public sealed class NamedActions
{
    const int LongestName = 100;

    readonly ConcurrentDictionary<string, NamedAction> _actions = new(StringComparer.Ordinal);
    readonly TimeProvider _time;
    readonly ILoggingAdapter _log;

    internal NamedActions(TimeProvider time, ILoggingAdapter log)
    {
        _time = time;
        _log = log;
    }

    /// <summary>Adds an action. goka's <c>AttachFuncAction</c>.</summary>
    /// <param name="name">What it is called, from 1 to 100 characters.</param>
    /// <param name="description">What it does, for those who are asked whether to start it.</param>
    /// <param name="run">
    /// The function. It is given the value, empty where none was given, and a token that is cancelled when it is told to stop or the system ends. What
    /// it throws is kept as the action's last error.
    /// </param>
    /// <exception cref="ArgumentException">There is an action of that name, or the name is none.</exception>
    public void Add(string name, string description, Func<string, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(run);
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
            throw new ArgumentException($"'{name}' is no name of an action: expected 1 to {LongestName} characters, none of them control characters.", nameof(name));
        if (!_actions.TryAdd(name, new NamedAction(name, description, run, _time, _log)))
            throw new ArgumentException($"There is an action '{name}' already: expected a name of its own for each.", nameof(name));
    }

    /// <summary>Every action and how its last run went, by name.</summary>
    public IReadOnlyList<ActionReport> Describe() => [.. _actions.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => a.Value.Report)];

    /// <summary>Starts an action; it runs on a thread of the pool.</summary>
    /// <returns>The action, which is running.</returns>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public ActionReport Start(string name, string value = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        return Find(name).Start(value);
    }

    /// <summary>Tells an action to stop, and does not wait for its end. Nothing happens when it is not running.</summary>
    /// <returns>The action, which is stopping if it ran.</returns>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    public ActionReport Stop(string name) => Find(name).Stop();

    /// <summary>Tells all to stop. Ends when none runs.</summary>
    internal Task StopAll()
    {
        foreach (var action in _actions.Values)
            action.Stop();
        return Task.WhenAll(_actions.Values.Select(static a => a.Ended));
    }

    NamedAction Find(string name) => _actions.TryGetValue(name, out var action)
        ? action
        : throw new ArgumentException(
            $"There is no action '{name}': expected {(_actions.IsEmpty ? "one that the application has added to goka.Actions, and it has added none" : $"one of {string.Join(", ", _actions.Keys.Order(StringComparer.Ordinal))}")}.",
            nameof(name));
}
