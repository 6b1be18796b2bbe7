namespace GokaAkka.Testing.Simulation;

/// <summary>How bad the network is. Drawn from the seed for each run; perfect once everything is healed.</summary>
sealed record NetworkProfile
{
    /// <summary>Nothing is lost or late.</summary>
    public static readonly NetworkProfile Healthy = new();

    /// <summary>Probability that a request never arrives.</summary>
    public double Lost { get; init; }

    /// <summary>Probability that a reply never arrives: the broker has done what it was asked.</summary>
    public double ReplyLost { get; init; }

    /// <summary>Probability that a broker gets a request again, later: bytes of a connection that the client has given up.</summary>
    public double Repeated { get; init; }

    /// <summary>Probability that a message takes long.</summary>
    public double Late { get; init; }

    /// <summary>How long at most then, in milliseconds.</summary>
    public double LateBy { get; init; }

    public static NetworkProfile Draw(SimRandom random)
    {
        // A third of the runs has a good network: there other faults are not drowned in retries.
        if (random.Chance(0.33))
            return Healthy;
        return new NetworkProfile
        {
            Lost = random.Chance(0.6) ? random.Below(8) / 100.0 : 0,
            ReplyLost = random.Chance(0.6) ? random.Below(8) / 100.0 : 0,
            Repeated = random.Chance(0.5) ? random.Below(8) / 100.0 : 0,
            Late = random.Chance(0.6) ? random.Below(15) / 100.0 : 0,
            LateBy = random.Between(20, 1500),
        };
    }
}
