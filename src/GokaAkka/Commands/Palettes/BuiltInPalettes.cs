using Akka.Actor;

namespace GokaAkka.Commands.Palettes;

/// <summary>The palettes that every node has.</summary>
static class BuiltInPalettes
{
    public static IReadOnlyList<CommandPalette> Create(ExtendedActorSystem system) =>
    [
        ClusterPalette.Create(system), GroupPalette.Create(), PartitionPalette.Create(), TablePalette.Create(), ViewPalette.Create(), TopologyPalette.Create(),
        TopicPalette.Create(), ActionPalette.Create(), LogPalette.Create(system),
    ];
}
