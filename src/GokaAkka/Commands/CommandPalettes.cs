using System.Collections.Immutable;

namespace GokaAkka.Commands;

/// <summary>The commands of a node, which <c>goka cmd HOST:PORT</c> gives through its web server (<c>goka.web</c>). Safe for concurrent use.</summary>
public sealed class CommandPalettes
{
    ImmutableList<CommandPalette> _palettes;

    internal CommandPalettes(IEnumerable<CommandPalette> builtIn) => _palettes = [.. builtIn];

    /// <summary>Every palette, those that come with GokaAkka first.</summary>
    public IReadOnlyList<CommandPalette> All => _palettes;

    /// <summary>Adds a palette; it is known from now on.</summary>
    /// <exception cref="ArgumentException">A name is taken or is none; the message says which.</exception>
    public void Add(CommandPalette palette)
    {
        ArgumentNullException.ThrowIfNull(palette);
        foreach (var name in palette.Commands.Select(static c => c.Name).Prepend(palette.Name))
        {
            if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') || name[0] == '-')
                throw new ArgumentException($"'{name}' is no name of a palette or command: expected letters, digits and dashes.", nameof(palette));
        }

        if (palette.Commands.GroupBy(static c => c.Name).FirstOrDefault(static g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Palette '{palette.Name}' has the command '{twice.Key}' twice.", nameof(palette));
        ImmutableInterlocked.Update(
            ref _palettes,
            static (all, added) => added.Name != CommandWords.Help && all.All(p => p.Name != added.Name)
                ? all.Add(added)
                : throw new ArgumentException($"There is a palette '{added.Name}' already: expected a name of its own.", nameof(palette)),
            palette);
    }
}
