using GokaAkka.Actors.Configuration;

namespace GokaAkka.Commands;

/// <summary>Reads the words of a command against what there is.</summary>
static class CommandWords
{
    public const string Help = "help";

    /// <exception cref="UsageException">There is no such command.</exception>
    public static (CommandPalette Palette, CommandDefinition Command) Find(IReadOnlyList<CommandPalette> palettes, IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            throw new UsageException("Expected a command; 'help' lists them.");
        var palette = Palette(palettes, words[0]);
        if (words.Count == 1)
            throw new UsageException($"Expected a command of '{palette.Name}': {Names(palette.Commands.Select(static c => c.Name))}.");
        return (palette, Command(palette, words[1]));
    }

    public static CommandPalette Palette(IReadOnlyList<CommandPalette> palettes, string name) =>
        palettes.FirstOrDefault(p => p.Name == name)
        ?? throw Unknown($"There is no palette '{name}'", name, [.. palettes.Select(static p => p.Name), Help]);

    public static CommandDefinition Command(CommandPalette palette, string name) =>
        palette.Commands.FirstOrDefault(c => c.Name == name)
        ?? throw Unknown($"Palette '{palette.Name}' has no command '{name}'", name, [.. palette.Commands.Select(static c => c.Name)]);

    /// <summary>The values of a command's arguments by name, defaults among them.</summary>
    /// <exception cref="UsageException">The words are not what the command takes.</exception>
    public static IReadOnlyDictionary<string, string> Arguments(CommandPalette palette, CommandDefinition command, IReadOnlyList<string> words)
    {
        var values = new Dictionary<string, string>();
        var positions = new Queue<CommandArgument>(command.Arguments.Where(static a => a.Kind == ArgumentKind.Position));
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2)
            {
                var equals = word.IndexOf('=');
                var option = Option(palette, command, equals < 0 ? word : word[..equals]);
                if (option.Kind == ArgumentKind.Flag && equals >= 0)
                    throw Wrong(palette, command, $"--{option.Name} takes no value");
                if (option.Kind == ArgumentKind.Flag)
                    values[option.Name] = "";
                else if (equals >= 0)
                    values[option.Name] = word[(equals + 1)..];
                else if (++i < words.Count)
                    values[option.Name] = words[i];
                else
                    throw Wrong(palette, command, $"--{option.Name}: expected a value after it");
            }
            else if (positions.TryDequeue(out var argument))
            {
                values[argument.Name] = word;
            }
            else
            {
                throw Wrong(palette, command, $"'{word}' is one word too many");
            }
        }

        if (command.Arguments.FirstOrDefault(a => a.IsMandatory && !values.ContainsKey(a.Name)) is { } missing)
            throw Wrong(palette, command, $"{Shown(missing)} is missing: {missing.Description}");
        foreach (var argument in command.Arguments)
        {
            if (argument.Default is { } value)
                values.TryAdd(argument.Name, value);
        }

        return values;
    }

    /// <summary>The words that may stand where the last one is, the last one begun.</summary>
    public static async Task<IReadOnlyList<string>> Complete(
        Goka goka, IReadOnlyList<CommandPalette> palettes, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var begun = words.Count == 0 ? "" : words[^1];
        var found = await Candidates(goka, palettes, words, cancellation).ConfigureAwait(false);
        return [.. found.Where(w => w.StartsWith(begun, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>A command's usage line.</summary>
    public static string Usage(CommandPalette palette, CommandDefinition command) => string.Join(
        ' ', command.Arguments.Select(static a => a.IsMandatory ? Shown(a) : $"[{Shown(a)}]").Prepend(command.Name).Prepend(palette.Name));

    /// <summary>How an argument is written.</summary>
    public static string Shown(CommandArgument argument) => argument.Kind switch
    {
        ArgumentKind.Position => argument.Name.ToUpperInvariant(),
        ArgumentKind.Option => $"--{argument.Name} {argument.Name.ToUpperInvariant()}",
        _ => $"--{argument.Name}",
    };

    static async Task<IEnumerable<string>> Candidates(
        Goka goka, IReadOnlyList<CommandPalette> palettes, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var names = palettes.Select(static p => p.Name);
        if (words.Count <= 1)
            return names.Append(Help);
        if (words[0] == Help)
        {
            return words.Count == 2 ? names
                : words.Count == 3 && palettes.FirstOrDefault(p => p.Name == words[1]) is { } of ? of.Commands.Select(static c => c.Name) : [];
        }

        if (palettes.FirstOrDefault(p => p.Name == words[0]) is not { } palette)
            return [];
        if (words.Count == 2)
            return palette.Commands.Select(static c => c.Name);
        if (palette.Commands.FirstOrDefault(c => c.Name == words[1]) is not { } command)
            return [];
        var given = words.Skip(2).SkipLast(1).ToList();
        var options = command.Arguments.Where(static a => a.Kind != ArgumentKind.Position).ToList();
        if (given.Count > 0 && options.Find(o => o.Kind == ArgumentKind.Option && given[^1] == "--" + o.Name) is { } before)
            return await Values(before).ConfigureAwait(false);
        var free = options.Select(static o => "--" + o.Name).Where(o => !given.Contains(o));
        if (words[^1].StartsWith('-'))
            return free;
        var place = 0;
        for (var i = 0; i < given.Count; i++)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal))
                place++;
            else if (!given[i].Contains('=') && options.Exists(o => o.Kind == ArgumentKind.Option && given[i] == "--" + o.Name))
                i++;
        }

        var position = command.Arguments.Where(static a => a.Kind == ArgumentKind.Position).ElementAtOrDefault(place);
        return position is null ? free : await Values(position).ConfigureAwait(false);

        async Task<IReadOnlyList<string>> Values(CommandArgument argument) =>
            argument.Values is { } values ? await values(goka, cancellation).ConfigureAwait(false) : [];
    }

    static CommandArgument Option(CommandPalette palette, CommandDefinition command, string word)
    {
        var options = command.Arguments.Where(static a => a.Kind != ArgumentKind.Position).ToList();
        if (options.Find(o => word == "--" + o.Name) is { } option)
            return option;
        throw options.Count == 0
            ? Wrong(palette, command, $"it takes no {word}")
            : Unknown($"'{palette.Name} {command.Name}' has no {word}", word, [.. options.Select(static o => "--" + o.Name)]);
    }

    static UsageException Wrong(CommandPalette palette, CommandDefinition command, string what) =>
        new($"{palette.Name} {command.Name}: {what}. Usage: {Usage(palette, command)}");

    static UsageException Unknown(string what, string word, IReadOnlyList<string> known) =>
        new($"{what}. Did you mean {KnownSettings.Nearest(word, known)}? There are {Names(known)}.");

    static string Names(IEnumerable<string> names) => string.Join(", ", names);
}

/// <summary>What was typed is no command.</summary>
sealed class UsageException(string message) : Exception(message);
