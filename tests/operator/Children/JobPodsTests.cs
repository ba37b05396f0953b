using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Models;

namespace FedOperator.Operator.Tests.Children;

public sealed class JobPodsTests
{
    private static readonly OperatorSettings s_settings = new() { TrainerImage = "registry.example/fed-trainer:1", AllowedServiceAccounts = ["reader"] };

    public static IEnumerable<object[]> Pods => GoldenFiles.Cases("pods");

    public static IEnumerable<object[]> Refused => GoldenFiles.Cases("podRequests");

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_jobs_pods_are_those_of_the_golden_file(string name)
    {
        var job = Read(GoldenFiles.Given("pods", name));
        Assert.Empty(PodRequests.Check(job, s_settings));
        var pods = PodsOf(job);
        // The first client of each group is enough to see.
        var shown = pods.Processes.Where(p => p == JobProcesses.AggregatorName || !p.EndsWith("-2", StringComparison.Ordinal));
        var all = new JsonArray([.. shown.Select(p => JsonNode.Parse(KubernetesJson.Serialize(pods.Pod(p, attempt: 0)!)))]);
        GoldenFiles.Expect("pods", name, "expected.yaml", GoldenFiles.WriteYaml(all));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_job_may_not_ask_for_its_pods_is_refused_with_field_value_and_fix(string name)
    {
        var problems = PodRequests.Check(Read(GoldenFiles.Given("podRequests", name)), s_settings);
        Assert.NotEmpty(problems);
        GoldenFiles.Expect("podRequests", name, "expected.txt", string.Concat(problems.Select(p => p + "\n")));
    }

    [Fact]
    public void External_clients_have_a_number_and_no_pod()
    {
        var job = Read(Job("clients: [{name: b}, {name: a, external: true}, {name: c}]", "azureBlob: {accountUrl: 'https://account.blob.core.windows.net'}"));
        var pods = PodsOf(job);
        Assert.Equal(["aggregator", "b", "c"], pods.Processes);
        Assert.Null(pods.Pod("a", 0));
        Assert.Equal("j-trainer-1-3", pods.Pod("b", 3)!.Metadata.Name);
        Assert.Null(pods.Pod("nobody", 0));
    }

    [Fact]
    public void Clients_beyond_a_hundred_find_their_keys_in_further_secrets()
    {
        var pods = PodsOf(Read(Job("clients: [{name: edge, replicas: 600}]", "azureBlob: {accountUrl: 'https://a.blob.core.windows.net/'}")));
        string SecretOf(string client) => pods.Pod(client, 0)!.Spec.Volumes.Single(v => v.Name == "fed-credential").Secret.SecretName;
        Assert.Equal("j-credentials", SecretOf("edge-0"));
        // In ordinal order, edge-99 is the last of all.
        Assert.Equal(ChildNames.Secret("j", 600, 599), SecretOf("edge-99"));
        Assert.NotEqual(SecretOf("edge-0"), SecretOf("edge-99"));
        Assert.Contains("https://a.blob.core.windows.net", pods.Pod("edge-0", 0)!.Spec.Containers[0].Args);
    }

    [Fact]
    public void Nothing_of_a_merged_pod_is_shared_between_two_pods()
    {
        var pods = PodsOf(Read(Job("clients: [{name: e, replicas: 2}], trainer: {podTemplate: {metadata: {labels: {team: x}}}}")));
        var (first, second) = (pods.Pod("e-0", 0)!, pods.Pod("e-1", 0)!);
        first.Metadata.Labels["team"] = "y";
        Assert.Equal("x", second.Metadata.Labels["team"]);
    }

    [Fact]
    public void Every_container_of_every_golden_pod_satisfies_pod_security_restricted()
    {
        foreach (var name in GoldenFiles.Cases("pods").Select(c => (string)c[0]))
        {
            var pods = PodsOf(Read(GoldenFiles.Given("pods", name)));
            Assert.All(pods.Processes.Select(p => pods.Pod(p, 0)!), IsRestricted);
        }
    }

    private static void IsRestricted(V1Pod pod)
    {
        Assert.True(pod.Spec is { HostNetwork: null or false, HostPID: null or false, HostIPC: null or false, AutomountServiceAccountToken: false, RestartPolicy: "Never" });
        Assert.True(pod.Spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" });
        Assert.DoesNotContain(pod.Spec.Volumes, v => v.HostPath is not null);
        Assert.All(pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []), c =>
        {
            Assert.True(c.SecurityContext is { AllowPrivilegeEscalation: false, Privileged: null or false });
            Assert.Equal(["ALL"], c.SecurityContext.Capabilities.Drop);
        });
    }

    private static string Job(string more, string storage = "volume: {claimName: ledger}") =>
        $"{{apiVersion: fedoperator.io/v1alpha1, kind: FederatedJob, metadata: {{name: j}}, spec: {{rounds: 2, storage: {{{storage}}}, {more}}}}}";

    private static FederatedJob Read(string yaml)
    {
        var reading = Manifest.Read(yaml);
        Assert.Empty(reading.Problems);
        return reading.Job!;
    }

    private static JobPods PodsOf(FederatedJob job) =>
        new(new JobKey("lab", job.Metadata.Name), "9b1c7d3e-0000-4000-8000-000000000001", job, Planning.Resolve(job, "9b1c7d3e000040008000000000000001"), s_settings);
}
