namespace GokaAkka.Testing.Tests;

/// <summary>Runs a check once per seed; a failure names its seed, which alone repeats it.</summary>
public static class Seeds
{
    public static void Each(int count, Action<Random> check)
    {
        for (var seed = 1; seed <= count; seed++)
        {
            try
            {
                check(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Failed with seed {seed}: {e.Message}", e);
            }
        }
    }
}
