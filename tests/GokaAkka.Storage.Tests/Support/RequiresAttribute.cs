using Xunit.Sdk;

namespace GokaAkka.Storage.Tests;

/// <summary>The store under test needs something that is not everywhere: LMDB, or a program from the search path.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(string what) : Attribute
{
    public const string Lmdb = "LMDB";

    public string What { get; } = what;

    /// <summary>Why it cannot be used here; null when it can.</summary>
    public static string? WhyNot(string what)
    {
        if (what != Lmdb)
            return FindProgram(what) is null ? $"{what} is not installed." : null;
        try
        {
            _ = LmdbLibrary.Version;
            return null;
        }
        catch (StorageException e)
        {
            return e.Message;
        }
    }

    public static string? FindProgram(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

/// <summary>A test that is skipped where something is not here: one for all tests that need it, so that it is said once.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiredFactAttribute : FactAttribute
{
    public RequiredFactAttribute(string what)
    {
        if (RequiresAttribute.WhyNot(what) is { } reason)
            Skip = $"The tests that need {what} are left out: {reason}";
    }
}

/// <summary>A test that every store runs; left out where what its class requires is not here, which its <see cref="RequiredFactAttribute"/> says.</summary>
[XunitTestCaseDiscoverer("GokaAkka.Storage.Tests.StoreFactDiscoverer", "GokaAkka.Storage.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoreFactAttribute : FactAttribute;

public sealed class StoreFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var required = method.TestClass.Class.GetCustomAttributes(typeof(RequiresAttribute)).FirstOrDefault();
        return required?.GetConstructorArguments().Single() is string what && RequiresAttribute.WhyNot(what) is not null
            ? []
            : [new XunitTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
    }
}
