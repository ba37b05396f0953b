using System.CommandLine;
using System.Text.Json.Nodes;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;

namespace FedOperator.Chart.Tests;

/// <summary>What the chart makes of its values.</summary>
public sealed class ChartTests
{
    public static IEnumerable<object[]> Cases() =>
        Directory.GetDirectories(Golden).Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => (object[])[name!]);

    private static string Golden { get; } = Programs.Source("tests/chart/Golden");

    [Fact]
    public async Task A_strict_lint_finds_nothing_wrong() =>
        Assert.Contains("0 chart(s) failed", await Chart.HelmAsync("lint", "--strict", Chart.Folder), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Manifests_are_as_the_golden_folder_says(string name)
    {
        var actual = await Chart.RenderAsync("--values", Path.Join(Golden, name, "given.yaml"));
        var expected = Path.Join(Golden, name, "expected.yaml");
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(expected, actual);
        Assert.Equal(await File.ReadAllTextAsync(expected), actual);
    }

    [Theory]
    [InlineData("replica=2", "Additional property replica is not allowed")]
    [InlineData("image.tags=1", "Additional property tags is not allowed")]
    [InlineData("pollInterval=5", "pollInterval")]
    [InlineData("image.digest=sha256:abc", "image.digest")]
    [InlineData("namespaces={Team}", "namespaces.0")]
    [InlineData("storage.claimName=ledger,namespaces={elsewhere}", "namespaces: [elsewhere] cannot be served with storage.claimName")]
    public async Task Values_that_mean_nothing_are_refused(string values, string because)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => Chart.RenderAsync("--set", values));
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_operator_understands_its_arguments(string name)
    {
        var settings = Settings(await Chart.ObjectsAsync("--values", Path.Join(Golden, name, "given.yaml"), "--set", "storage.path=" + Path.GetTempPath()));
        Assert.Equal("fed-system", settings.Lease?.Namespace);
        Assert.Matches("^.+/fed-trainer[:@].+$", settings.TrainerImage);
    }

    [Fact]
    public async Task Values_that_are_not_given_leave_the_operator_its_own_defaults()
    {
        var settings = Settings(await Chart.ObjectsAsync());
        var defaults = new OperatorSettings { TrainerImage = settings.TrainerImage };
        Assert.Equal(
            (defaults.CredentialLifetime, defaults.CredentialRenewBefore, defaults.PollInterval, defaults.Workers, defaults.PodMetricsPort, defaults.PodUser, defaults.Listen, defaults.StorageClaimPath, defaults.ImagePullPolicy),
            (settings.CredentialLifetime, settings.CredentialRenewBefore, settings.PollInterval, settings.Workers, settings.PodMetricsPort, settings.PodUser, settings.Listen, settings.StorageClaimPath, settings.ImagePullPolicy));
        Assert.Equal(defaults.AllowedVolumeKinds, settings.AllowedVolumeKinds);
        Assert.Equal(defaults.Namespaces, settings.Namespaces);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Pods_satisfy_the_restricted_standard(string name)
    {
        var objects = await Chart.ObjectsAsync("--values", Path.Join(Golden, name, "given.yaml"));
        var pods = objects.Select(o => (string?)o["kind"] switch { "Pod" => o["spec"], "Deployment" => o["spec"]!["template"]!["spec"], _ => null }).OfType<JsonNode>().ToList();
        Assert.Equal(2, pods.Count);
        foreach (var pod in pods)
        {
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            var container = Assert.Single(pod["containers"]!.AsArray())!["securityContext"]!;
            Assert.False((bool)container["allowPrivilegeEscalation"]!);
            Assert.True((bool)container["readOnlyRootFilesystem"]!);
            Assert.Equal("ALL", (string?)Assert.Single(container["capabilities"]!["drop"]!.AsArray()));
            Assert.DoesNotContain(pod["volumes"]!.AsArray(), v => v!["hostPath"] is not null);
        }
    }

    [Fact]
    public async Task In_namespaced_mode_no_rule_reaches_beyond_them()
    {
        var objects = await Chart.ObjectsAsync("--set", "namespaces={team-a,team-b}");
        Assert.DoesNotContain(objects, o => ((string)o["kind"]!).StartsWith("Cluster", StringComparison.Ordinal));
        Assert.Equal(["fed-system", "team-a", "team-b"], objects.Where(o => (string?)o["kind"] == "Role").Select(o => (string)o["metadata"]!["namespace"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Policies_for_jobs_need_the_namespaces_that_they_hold_in()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => Chart.ObjectsAsync("--set", "networkPolicy.jobs=true"));
        Assert.Contains("networkPolicy.jobs: true needs namespaces", refusal.Message, StringComparison.Ordinal);
    }

    private static OperatorSettings Settings(IReadOnlyList<JsonNode> objects)
    {
        var arguments = objects.One("Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!).ToArray();
        Assert.Equal("operator", arguments[0]);
        var command = new Command("operator");
        var options = new OperatorOptions();
        options.AddTo(command);
        var parsed = command.Parse(arguments[1..]);
        Assert.Empty(parsed.Errors);
        var (settings, problems) = options.Read(parsed, _ => null);
        Assert.Empty(problems);
        return settings!;
    }
}
