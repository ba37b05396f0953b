using System.Globalization;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Models;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class ObservedPodsTests
{
    private const string Oom = "{name: trainer, state: {terminated: {exitCode: 137, reason: OOMKilled}}}";

    [Fact]
    public void A_pod_of_another_controller_or_without_our_labels_is_none_of_ours()
    {
        Assert.NotNull(ObservedPods.From(Pod("{phase: Running}")));
        var foreign = Pod("{phase: Running}");
        foreign.Metadata.OwnerReferences[0].Kind = "Job";
        Assert.Null(ObservedPods.From(foreign));
        var unlabelled = Pod("{phase: Running}");
        unlabelled.Metadata.Labels.Remove(ChildNames.AttemptLabel);
        Assert.Null(ObservedPods.From(unlabelled));
        var orphan = Pod("{phase: Running}");
        orphan.Metadata.OwnerReferences = null;
        Assert.Null(ObservedPods.From(orphan));
    }

    [Fact]
    public void What_the_planner_needs_is_projected()
    {
        var pod = ObservedPods.From(Pod("{phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: trainer, state: {running: {}}}]}", terminating: true))!;
        Assert.Equal(("j-trainer-1-2", "edge-1", 2, "job-uid"), (pod.Name, pod.Process, pod.Attempt, pod.JobUid));
        Assert.True(pod is { Phase: PodPhase.Running, Ready: true, Terminating: true, Node: "node-3", End: null, Trouble: null, IsFinished: false });
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), pod.Created);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero), pod.TerminatingUntil);
    }

    [Theory]
    [InlineData("{phase: Failed, containerStatuses: [" + Oom + "]}", "OOMKilled 137 False: container trainer needed more memory than its limit of 2Gi; raise resources.limits.memory")]
    [InlineData("{phase: Failed, conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler, message: preempted by x}], containerStatuses: [" + Oom + "]}", "PreemptionByScheduler 137 True: preempted by x")]
    [InlineData("{phase: Failed, reason: Evicted, message: low on memory, containerStatuses: [" + Oom + "]}", "Evicted 137 True: low on memory")]
    [InlineData("{phase: Failed, reason: NodeShutdown, message: the node shuts down}", "NodeShutdown  True: the node shuts down")]
    [InlineData("{phase: Failed, reason: OutOfcpu, message: Node had no cpu}", "OutOfcpu  True: Node had no cpu")]
    [InlineData("{phase: Failed, reason: DeadlineExceeded, message: too long}", "DeadlineExceeded  False: too long")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 137, reason: ContainerStatusUnknown}}}]}", "NodeLost 137 True: its node lost track of it")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 255, reason: Unknown}}}]}", "NodeLost 255 True: its node lost track of it")]
    [InlineData("{phase: Running, containerStatuses: [{name: exporter, state: {running: {}}}, {name: trainer, state: {terminated: {exitCode: 255, reason: Unknown}}}]}", "NodeLost 255 True: its node lost track of it")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 255, reason: Error}}}]}", "Error 255 False: container trainer ended with exit code 255")]
    [InlineData("{phase: Failed, initContainerStatuses: [{name: native, state: {terminated: {exitCode: 137, reason: Error}}}, {name: init, state: {terminated: {exitCode: 2, reason: Error, message: no model}}}], containerStatuses: [{name: aggregator, state: {waiting: {reason: PodInitializing}}}]}", "InvalidInput 2 False: container init ended with exit code 2: no model")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 137, reason: Error}}}]}", "Error 137 False: container trainer was killed (SIGKILL)")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 143, reason: Error}}}]}", "Error 143 False: container trainer was ended by signal 15")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 2, reason: Error, message: no data}}}]}", "InvalidInput 2 False: container trainer ended with exit code 2: no data")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 3, reason: Error}}}]}", "JobFailed 3 False: container trainer ended with exit code 3")]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 128, reason: StartError, message: 'exec: no such file'}}}]}", "StartError 128 False: container trainer ended with exit code 128: exec: no such file")]
    [InlineData("{phase: Failed, initContainerStatuses: [{name: fetch, state: {terminated: {exitCode: 2, reason: Error}}}], containerStatuses: [{name: trainer, state: {waiting: {reason: PodInitializing}}}]}", "Error 2 False: container fetch ended with exit code 2")]
    [InlineData("{phase: Succeeded, initContainerStatuses: [{name: proxy, state: {terminated: {exitCode: 137, reason: Error}}}], containerStatuses: [{name: trainer, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "Completed 0 False: done")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: proxy, state: {terminated: {exitCode: 1, reason: Error}}}], containerStatuses: [{name: trainer, state: {waiting: {reason: PodInitializing}}}]}", null)]
    [InlineData("{phase: Succeeded, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "Completed 0 False: done")]
    [InlineData("{phase: Running, containerStatuses: [{name: exporter, state: {running: {}}}, {name: trainer, state: {terminated: {exitCode: 1, reason: Error}}}]}", "Error 1 False: container trainer ended with exit code 1")]
    [InlineData("{phase: Running, containerStatuses: [{name: exporter, state: {terminated: {exitCode: 1, reason: Error}}}, {name: trainer, state: {running: {}}}]}", null)]
    [InlineData("{phase: Failed}", "Error  False: the pod failed, and no container says why")]
    public void A_pods_end_is_classified_disruption_first_then_memory_then_exit_code(string status, string? expected)
    {
        var end = ObservedPods.From(Pod(status))!.End;
        Assert.Equal(expected, end is null ? null : $"{end.Reason} {end.ExitCode} {end.IsDisruption}: {end.Message}");
    }

    [Theory]
    [InlineData(143)]
    [InlineData(137)]
    public void A_pod_that_ends_because_it_was_deleted_is_disrupted(int code)
    {
        var end = ObservedPods.From(Pod($"{{phase: Failed, containerStatuses: [{{name: trainer, state: {{terminated: {{exitCode: {code}, reason: Error}}}}}}]}}", terminating: true))!.End;
        Assert.True(end is { Reason: "Disrupted", IsDisruption: true });
    }

    [Fact]
    public void Without_a_limit_it_was_the_nodes_memory()
    {
        var pod = Pod("{phase: Failed, containerStatuses: [" + Oom + "]}");
        pod.Spec.Containers[0].Resources = null;
        Assert.Contains("its node ran out of memory", ObservedPods.From(pod)!.End!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available'}]}", "Unschedulable: 0/3 nodes are available")]
    [InlineData("{phase: Pending, containerStatuses: [{name: trainer, image: 'x:1', state: {waiting: {reason: ErrImagePull, message: 'rpc error'}}}]}", "ImagePullBackOff: image x:1 cannot be pulled: check its name and tag, and imagePullSecrets; `kubectl describe pod j-trainer-1-2` has the registry's answer")]
    [InlineData("{phase: Pending, containerStatuses: [{name: trainer, image: 'x:1', state: {waiting: {reason: ImagePullBackOff, message: 'Back-off'}}}]}", "ImagePullBackOff: image x:1 cannot be pulled: check its name and tag, and imagePullSecrets; `kubectl describe pod j-trainer-1-2` has the registry's answer")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: init, image: 'x:1', state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"proxy\" not found'}}}]}", "CreateContainerConfigError: container init, image x:1: secret \"proxy\" not found")]
    [InlineData("{phase: Pending, containerStatuses: [{name: trainer, image: 'x:1', state: {waiting: {reason: ContainerCreating}}}]}", null)]
    [InlineData("{phase: Failed, containerStatuses: [{name: trainer, image: 'x:1', state: {waiting: {reason: ErrImagePull}}}]}", null)]
    [InlineData("{phase: Running, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 'a condition that lags behind'}]}", null)]
    public void What_holds_a_pod_up_is_told_in_Kubernetes_words(string status, string? expected)
    {
        var trouble = ObservedPods.From(Pod(status))!.Trouble;
        Assert.Equal(expected, trouble is null ? null : $"{trouble.Reason}: {trouble.Message}");
    }

    [Theory]
    [InlineData("{phase: Pending}", "00:00:00")]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'True', lastTransitionTime: '2026-01-01T00:10:00Z'}], containerStatuses: [{name: trainer, state: {waiting: {reason: ContainerCreating}}}]}", "00:10:00")]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'True', lastTransitionTime: '2026-01-01T00:10:00Z'}], initContainerStatuses: [{name: init, state: {terminated: {exitCode: 0, finishedAt: '2026-01-01T00:12:00Z'}}}], containerStatuses: [{name: aggregator, state: {waiting: {reason: PodInitializing}}}]}", "00:12:00")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: init, state: {running: {}}}], containerStatuses: [{name: aggregator, state: {waiting: {reason: PodInitializing}}}]}", null)]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available'}]}", null)]
    [InlineData("{phase: Running}", null)]
    public void Since_when_a_pod_waits_without_a_word_is_known(string status, string? expected) =>
        Assert.Equal(expected, ObservedPods.From(Pod(status))!.WaitingSince?.ToString("HH:mm:ss", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(null, null)]
    [InlineData("\n\n", null)]
    [InlineData("a\nb\nc\nd\n", "b | c | d")]
    [InlineData("ime\":\"cut\"}\n{\"EventId\":5,\"Message\":\"first\"}\n{\"EventId\":91,\"LogLevel\":\"Critical\",\"Message\":\"/data: has no images\"}\n", "/data: has no images")]
    [InlineData("{\"Message\":\"this process failed\",\"Exception\":\"System.IO.IOException: disk full\\n   at X\"}", "this process failed: System.IO.IOException: disk full")]
    [InlineData("{\"Message\":\"a\",\"Message\":\"b\"}", "{\"Message\":\"a\",\"Message\":\"b\"}")]
    [InlineData("refused https://a.blob.core.windows.net/c?sv=1&sig=SECRET%3D&se=2", "refused https://a.blob.core.windows.net/c?sv=1&sig=...&se=2")]
    public void The_end_of_a_log_becomes_one_line_without_a_signature(string? tail, string? expected) => Assert.Equal(expected, LogTail.Words(tail));

    [Fact]
    public void A_long_line_is_cut() => Assert.True(LogTail.Words(new string('x', 5000))!.Length < 700);

    private static V1Pod Pod(string status, bool terminating = false)
    {
        var pod = KubernetesJson.Deserialize<V1Pod>("""
            {"metadata": {"name": "j-trainer-1-2", "namespace": "lab", "uid": "pod-uid", "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z",
              "labels": {"fedoperator.io/process": "edge-1", "fedoperator.io/attempt": "2"},
              "ownerReferences": [{"apiVersion": "fedoperator.io/v1alpha1", "kind": "FederatedJob", "name": "j", "uid": "job-uid", "controller": true}]},
             "spec": {"nodeName": "node-3", "initContainers": [{"name": "native", "restartPolicy": "Always"}, {"name": "init"}], "containers": [{"name": "trainer", "resources": {"limits": {"memory": "2Gi"}}}]}}
            """);
        pod.Status = KubernetesJson.Deserialize<V1PodStatus>(GoldenFiles.ReadYaml(status).ToJsonString());
        if (terminating)
            pod.Metadata.DeletionTimestamp = new DateTime(2026, 1, 1, 0, 5, 0, DateTimeKind.Utc);
        return pod;
    }
}
