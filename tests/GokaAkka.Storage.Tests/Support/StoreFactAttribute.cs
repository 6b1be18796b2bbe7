using Xunit.Sdk;

namespace GokaAkka.Storage.Tests;

/// <summary>A test that every store runs. Where the store's class names a program that is not here, it is skipped with that reason.</summary>
[XunitTestCaseDiscoverer("GokaAkka.Storage.Tests.StoreFactDiscoverer", "GokaAkka.Storage.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>The store under test needs a program from the search path.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresProgramAttribute(string program) : Attribute
{
    public string Program { get; } = program;

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

public sealed class StoreFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact) =>
        [new StoreTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
}

public sealed class StoreTestCase : XunitTestCase
{
    [Obsolete("For the runner, which fills it in.", error: true)]
    public StoreTestCase()
    {
    }

    public StoreTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var required = TestMethod.TestClass.Class.GetCustomAttributes(typeof(RequiresProgramAttribute)).FirstOrDefault();
        var program = required?.GetConstructorArguments().Single() as string;
        return program is null || RequiresProgramAttribute.Find(program) is not null
            ? base.GetSkipReason(factAttribute)
            : $"{program} is not installed; these tests start one of their own";
    }
}
