using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>Nodes that talk by TLS, both showing certificates, as hocon/tls.conf has it.</summary>
[Collection(nameof(ClustersCollection))]
public sealed class TlsTests : IDisposable
{
    const int Failed = 1;
    const int NotJoined = 4;

    readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_must_form_a_cluster_and_let_nobody_else_in()
    {
        var seed = ProcessCluster.FreePort();
        using var ours = new Authority("ours");
        using var others = new Authority("others");
        // What a machine trusts: here, the one authority.
        KeyValuePair<string, string>[] trust = [new("SSL_CERT_FILE", ours.Write(_files["ours.pem"])), new("SSL_CERT_DIR", _files["none"])];
        await using var cluster = new ProcessCluster(
            $"{File.ReadAllText(Path.Combine(Repository.Root, "hocon", "tls.conf"))}\nakka.cluster.seed-nodes = [\"akka.ssl.tcp://goka@127.0.0.1:{seed}\"]");
        var first = await cluster.Start($"akka.remote.dot-netty.tcp.port = {seed}\n{Certificate(ours, "first")}", environment: trust);
        var second = await cluster.Start(Certificate(ours, "second"), environment: trust);
        const string soon = "goka.node.join-timeout = 5s\n";
        using var stranger = NodeProcess.Launch(cluster.Files(soon + Certificate(others, "stranger")), trust);
        using var naked = NodeProcess.Launch(cluster.Files("akka.remote.dot-netty.tcp.ssl.certificate.path = \"\""), trust);
        using var plain = NodeProcess.Launch(cluster.Files(
            $"{soon}akka.remote.dot-netty.tcp.enable-ssl = off\nakka.cluster.seed-nodes = [\"akka.tcp://goka@127.0.0.1:{seed}\"]"), trust);

        await cluster.Shared(first, second);
        cluster.Clicks.Start();
        await cluster.Answered(first, second);

        first.Address.ShouldStartWith("akka.ssl.tcp://goka@127.0.0.1:");
        (await naked.ExitCode()).ShouldBe(Failed, naked.ToString());
        naked.Errors.ShouldContain("The node cannot use TLS with akka.remote.dot-netty.tcp.ssl.certificate.path = ''");
        foreach (var outside in new[] { stranger, plain })
        {
            (await outside.ExitCode()).ShouldBe(NotJoined, outside.ToString());
            outside.Errors.ShouldContain("has not joined its cluster");
        }

        stranger.Errors.ShouldContain("takes this node's certificate");
        (await first.Members()).Keys.ShouldBe([first.Address, second.Address], ignoreOrder: true);
    }

    string Certificate(Authority authority, string name) =>
        $"akka.remote.dot-netty.tcp.ssl.certificate {{ path = \"{authority.Issue(name, _files[name + ".pfx"])}\", password = secret }}";

    /// <summary>An authority that signs nodes' certificates.</summary>
    sealed class Authority : IDisposable
    {
        readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        readonly X509Certificate2 _certificate;

        public Authority(string name)
        {
            var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }

        /// <summary>Writes its own certificate, for who is to trust it.</summary>
        public string Write(string path)
        {
            File.WriteAllText(path, _certificate.ExportCertificatePem());
            return path;
        }

        /// <summary>Writes a node's certificate with its key.</summary>
        public string Issue(string name, string path)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(_certificate, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
            using var whole = signed.CopyWithPrivateKey(key);
            File.WriteAllBytes(path, whole.Export(X509ContentType.Pkcs12, "secret"));
            return path;
        }

        public void Dispose()
        {
            _certificate.Dispose();
            _key.Dispose();
        }
    }
}
