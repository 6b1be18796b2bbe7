namespace GokaAkka.Integration.Tests.Samples;

/// <summary>A test on the real history, which is kept beside the repository and not in it.</summary>
sealed class RealHistoryFactAttribute : FactAttribute
{
    public RealHistoryFactAttribute()
    {
        if (Builds.Data("churn.tsv.gz") is null || Builds.Data("churn-expected.tsv.gz") is null)
            Skip = "../shared/data/churn.tsv.gz and churn-expected.tsv.gz are not there; the same test runs on a generated history.";
    }
}
