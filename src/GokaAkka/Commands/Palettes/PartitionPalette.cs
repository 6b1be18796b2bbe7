using static GokaAkka.Commands.Palettes.ClusterPicture;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>partition</c>: single partitions of groups.</summary>
static class PartitionPalette
{
    static readonly CommandArgument Number = new("partition", "the partition");

    public static CommandPalette Create() => new("partition", "partitions of groups",
    [
        new("show", "shows the partitions of a group with their owners", Shown(Show))
        {
            Arguments = [GroupPalette.Name, Number],
        },
        new("restore-status", "shows how far tables are restored", Shown(Restores)) { Arguments = [GroupPalette.Name with { IsMandatory = false }] },
        new("restart", "has a partition finish, close its store and start again on its node", Restart)
        {
            Arguments = [GroupPalette.Name, Number with { IsMandatory = true }],
        },
        new("standby", "shows the copies that are kept to take partitions over", Shown(Standbys))
        {
            Arguments = [GroupPalette.Name],
        },
    ]);

    static async Task Show(CommandCall call, ClusterPicture picture)
    {
        var wanted = call.Number(Number.Name);
        var group = call.Required(GroupPalette.Name.Name);
        var owned = picture.Owned(group).Where(p => wanted is null || p.Partition.Partition == wanted).ToList();
        if (owned.Count == 0 && wanted is not null)
            throw new CommandException($"No node has partition {wanted} of group '{group}'; found {Ranges(picture.Owned(group).Select(static p => p.Partition.Partition))}.");
        await call.Table("partitions", "partition", "node", "state", "generation", "processed", "lag", "table offset", "restarts", "last error").ConfigureAwait(false);
        foreach (var (node, p) in owned)
        {
            await call.Row(
                p.Partition, node.Address, p.State, p.Generation, p.Processed, LagOf(p), p.TableOffset, p.Restarts, p.LastError).ConfigureAwait(false);
        }
    }

    static async Task Restores(CommandCall call, ClusterPicture picture)
    {
        var groups = call[GroupPalette.Name.Name] is { } one ? [one] : picture.Groups;
        await call.Table("partitions", "group", "partition", "role", "node", "state", "restored", "remaining", "began", "since").ConfigureAwait(false);
        foreach (var (node, group) in groups.SelectMany(picture.Group))
        {
            foreach (var p in group.Partitions.Where(static p => p.RestoreStarted is not null && p.State != nameof(Actors.PartitionState.Stopped)))
            {
                var lasts = p.State == nameof(Actors.PartitionState.Restoring) ? (node.At - p.RestoreStarted)?.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture) : null;
                await call.Row(
                    group.Group, p.Partition, p.Role, node.Address, p.State, p.Restored, p.Remaining, Text(p.RestoreStarted), lasts)
                    .ConfigureAwait(false);
            }
        }
    }

    static async Task Restart(CommandCall call) => await Outcomes.Show(
        call, await call.Goka.Inspector.RestartPartition(call.Required(GroupPalette.Name.Name), call.Number(Number.Name)!.Value, call.Cancellation).ConfigureAwait(false))
        .ConfigureAwait(false);

    static async Task Standbys(CommandCall call, ClusterPicture picture)
    {
        await call.Table("standbys", "partition", "node", "state", "table offset", "remaining").ConfigureAwait(false);
        foreach (var (node, p) in picture.Partitions(call.Required(GroupPalette.Name.Name), "standby").OrderBy(static p => p.Partition.Partition))
            await call.Row(p.Partition, node.Address, p.State, p.TableOffset, p.Remaining).ConfigureAwait(false);
    }
}
