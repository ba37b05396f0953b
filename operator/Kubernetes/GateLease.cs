using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>The Lease as a lock that may also be an empty one.</summary>
/// <remarks>The chart makes a Lease of metadata alone. The elector would take one without a holder for none, and try in vain to create it: so here it is one that was released long ago.</remarks>
internal sealed class GateLease(IKubernetes client, string @namespace, string name, string identity) : LeaseLock(client, @namespace, name, identity)
{
    /// <inheritdoc/>
    protected override LeaderElectionRecord GetLeaderElectionRecord(V1Lease obj)
    {
        var spec = obj.Spec ?? new V1LeaseSpec();
        return new LeaderElectionRecord
        {
            HolderIdentity = spec.HolderIdentity ?? "",
            LeaseDurationSeconds = spec.LeaseDurationSeconds ?? 1,
            AcquireTime = spec.AcquireTime ?? DateTime.UnixEpoch,
            RenewTime = spec.RenewTime ?? DateTime.UnixEpoch,
            LeaderTransitions = spec.LeaseTransitions ?? 0,
        };
    }
}
