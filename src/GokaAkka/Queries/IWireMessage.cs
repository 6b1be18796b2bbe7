namespace GokaAkka.Queries;

/// <summary>Marks messages that go from node to node: reference.conf binds it to GokaSerializer, and WireFormats has to know each.</summary>
interface IWireMessage;

/// <summary>
/// In the place of a message whose format the node that received it does not know: one of a later version has sent it. Who answers requests sends it
/// back, so that who asked need not wait for a time-out.
/// </summary>
/// <param name="Manifest">The format.</param>
sealed record UnknownMessage(string Manifest) : IWireMessage
{
    /// <summary>The rest of a sentence that begins with the node.</summary>
    public string Reason() => $"runs another version of GokaAkka, which does not know messages of format '{Manifest}': run the same version on all nodes";
}
