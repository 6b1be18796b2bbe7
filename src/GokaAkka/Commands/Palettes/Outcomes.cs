using GokaAkka.Inspection;

namespace GokaAkka.Commands.Palettes;

/// <summary>Shows what came of something that nodes were to do.</summary>
static class Outcomes
{
    /// <exception cref="CommandException">It was not done everywhere it concerned.</exception>
    public static async Task Show(CommandCall call, CommandOutcome outcome)
    {
        if (outcome.Nodes.Count > 0)
        {
            await call.Table("nodes", "node", "done", "what").ConfigureAwait(false);
            foreach (var node in outcome.Nodes)
                await call.Row(node.Node, node.Succeeded ? "yes" : "no", node.Text).ConfigureAwait(false);
        }

        if (!outcome.Succeeded)
            throw new CommandException(outcome.Text);
    }
}
