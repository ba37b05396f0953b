using System.CommandLine;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Commands;

public sealed class OperatorOptionsTests
{
    [Fact]
    public void An_image_is_enough_where_no_lease_is_wanted()
    {
        var (settings, problems) = Read("--trainer-image", "registry.example/fed-trainer:1.0", "--leader-elect=false");
        Assert.Empty(problems);
        Assert.Equal(new OperatorSettings { TrainerImage = "registry.example/fed-trainer:1.0" } with { Namespaces = settings!.Namespaces, AllowedAccounts = settings.AllowedAccounts, AllowedServiceAccounts = settings.AllowedServiceAccounts, AllowedVolumeKinds = settings.AllowedVolumeKinds }, settings);
        Assert.Empty(settings.Namespaces);
        Assert.Contains("persistentVolumeClaim", settings.AllowedVolumeKinds);
        Assert.DoesNotContain("hostPath", settings.AllowedVolumeKinds);
    }

    [Fact]
    public void Every_option_becomes_a_setting()
    {
        var folder = Directory.CreateTempSubdirectory("fed-claim-");
        var (settings, problems) = Read(
            "--namespace", "team-a", "--trainer-image", "fed-trainer@sha256:" + new string('a', 64), "--image-pull-policy", "Never", "--allowed-account", "Data.blob.core.windows.net", "--allowed-account", "127.0.0.1:10000",
            "--storage-claim", "ledger", "--storage-path", folder.FullName, "--allowed-volume-kind", "hostPath", "--allowed-volume-kind", "nfs", "--allowed-service-account", "trainer",
            "--credential-lifetime", "1h30m", "--poll-interval", "250ms", "--workers", "3", "--kube-api-parallelism", "5", "--leader-elect", "--lease-namespace", "fed", "--lease-name", "mine",
            "--listen", "9001", "--pod-metrics-port", "9500", "--pod-user", "1000");
        folder.Delete();
        Assert.Empty(problems);
        Assert.Equal(["team-a"], settings!.Namespaces);
        Assert.Equal(("Never", "ledger", folder.FullName), (settings.ImagePullPolicy, settings.StorageClaim, settings.StorageClaimPath));
        Assert.Equal(["data.blob.core.windows.net", "127.0.0.1:10000"], settings.AllowedAccounts);
        Assert.Equal(["hostPath", "nfs"], settings.AllowedVolumeKinds);
        Assert.Equal(["trainer"], settings.AllowedServiceAccounts);
        Assert.Equal((TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(30), TimeSpan.FromMilliseconds(250)), (settings.CredentialLifetime, settings.CredentialRenewBefore, settings.PollInterval));
        Assert.Equal((3, 5, 9001, 9500, 1000), (settings.Workers, settings.KubeApiParallelism, settings.Listen, settings.PodMetricsPort, settings.PodUser));
        Assert.Equal(new LeaseKey("fed", "mine"), settings.Lease);
    }

    [Fact]
    public void Every_option_may_come_from_the_environment_and_the_command_line_goes_first()
    {
        var (settings, problems) = ReadWith(
            new()
            {
                ["FED_OPERATOR_TRAINER_IMAGE"] = "fed-trainer:2",
                ["FED_OPERATOR_NAMESPACE"] = "a, b",
                ["FED_OPERATOR_LEADER_ELECT"] = "false",
                ["FED_OPERATOR_WORKERS"] = "2",
                ["FED_OPERATOR_POLL_INTERVAL"] = "",
            },
            "--workers", "7");
        Assert.Empty(problems);
        Assert.Equal(["a", "b"], settings!.Namespaces);
        Assert.Equal(("fed-trainer:2", 7, TimeSpan.FromSeconds(5)), (settings.TrainerImage, settings.Workers, settings.PollInterval));
        Assert.Null(settings.Lease);
    }

    [Theory]
    [InlineData("--trainer-image", "Fed Trainer", "--trainer-image: Fed Trainer is not the name of an image; write it like")]
    [InlineData("--image-pull-policy", "always", "--image-pull-policy: always is unknown here; did you mean Always?")]
    [InlineData("--namespace", "a,b", "--namespace: a,b is not a Kubernetes name; repeat the option for each name")]
    [InlineData("--allowed-account", "https://data.blob.core.windows.net/x", "is not a host; give the host alone: data.blob.core.windows.net")]
    [InlineData("--allowed-volume-kind", "hostpath", "--allowed-volume-kind: hostpath is unknown here; did you mean hostPath?")]
    [InlineData("--storage-path", "/tmp", "--storage-path: /tmp is of no use without a claim")]
    [InlineData("--storage-claim", "ledger", "--namespace: does not name exactly one namespace, which volume storage needs; name the one namespace that has the claim ledger")]
    [InlineData("--credential-lifetime", "5s", "--credential-lifetime: 5s is not a duration from 5m to 7d")]
    [InlineData("--poll-interval", "5", "--poll-interval: 5 is not a duration from 100ms to 10m; write it like 30s")]
    [InlineData("--poll-interval", "99999999999999999999d", "is not a duration")]
    [InlineData("--workers", "0", "--workers: 0 is not a whole number from 1 to 256")]
    [InlineData("--kube-api-parallelism", "many", "--kube-api-parallelism: many is not a whole number from 1 to 256")]
    [InlineData("--listen", "70000", "--listen: 70000 is not a whole number from 1 to 65535")]
    [InlineData("--pod-metrics-port", "80", "--pod-metrics-port: 80 is not a whole number from 1024 to 65535")]
    [InlineData("--pod-user", "0", "--pod-user: 0 is not a whole number from 1")]
    [InlineData("--lease-name", "Lease", "--lease-name: Lease is not a Kubernetes name")]
    public void A_bad_value_is_told_with_its_option_the_value_and_the_fix(string option, string value, string message)
    {
        var arguments = new List<string> { "--leader-elect=false", option, value };
        if (option != "--trainer-image")
            arguments.AddRange(["--trainer-image", "fed-trainer:1"]);
        var (settings, problems) = Read([.. arguments]);
        Assert.Null(settings);
        Assert.Contains(problems, p => p.ToString().Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fed-trainer")]
    [InlineData("localhost:5000/ml/fed_trainer:v1.0-RC1")]
    [InlineData("registry.example/fed-trainer@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Every_form_of_an_images_name_is_taken(string image)
    {
        var (settings, problems) = Read("--leader-elect=false", "--trainer-image", image, "--allowed-service-account", "trainer.of.team-a");
        Assert.Empty(problems);
        Assert.Equal((image, "trainer.of.team-a"), (settings!.TrainerImage, Assert.Single(settings.AllowedServiceAccounts)));
    }

    [Fact]
    public void What_came_from_the_environment_is_blamed_on_its_variable()
    {
        var (_, problems) = ReadWith(new() { ["FED_OPERATOR_WORKERS"] = "x" }, "--trainer-image", "t:1", "--leader-elect=false");
        Assert.Equal("FED_OPERATOR_WORKERS: x is not a whole number from 1 to 256; give one in that range", Assert.Single(problems).ToString());
    }

    [Fact]
    public void A_missing_image_and_a_missing_lease_namespace_are_told_together()
    {
        var (_, problems) = Read();
        Assert.Equal(["--trainer-image", "--lease-namespace"], problems.Select(p => p.Field));
    }

    [Fact]
    public async Task Bad_settings_end_with_code_two_before_anything_is_started()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await FedCommand.Create(output, errors).Parse(["operator", "--workers", "none", "--leader-elect=false"]).InvokeAsync();
        Assert.Equal(
            "--trainer-image: is missing; name the image of the trainer, such as registry.example/fed-trainer:1.0\n--workers: none is not a whole number from 1 to 256; give one in that range\n2 problems; the operator was not started. See fed operator --help.\n",
            errors.ToString());
        Assert.Equal((2, ""), (code, output.ToString()));
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1h30m", 90 * 60_000)]
    [InlineData("7d", 7 * 24 * 60 * 60_000)]
    public void Durations_are_read_and_written_alike(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.True(Durations.TryParse(Durations.Text(duration), out var again));
        Assert.Equal(duration, again);
    }

    private static (OperatorSettings? Settings, IReadOnlyList<FedOperator.Core.Api.Problem> Problems) Read(params string[] arguments) => ReadWith(new(StringComparer.Ordinal), arguments);

    private static (OperatorSettings? Settings, IReadOnlyList<FedOperator.Core.Api.Problem> Problems) ReadWith(Dictionary<string, string> environment, params string[] arguments)
    {
        var options = new OperatorOptions();
        var command = new Command("operator");
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, name => environment.GetValueOrDefault(name));
    }
}
