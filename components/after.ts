import * as pulumi from "@pulumi/pulumi";

/**
 * `dependsOn` for resources that may fail while the rest goes on (`--continue-on-error`).
 *
 * The engine skips what depends on a failed resource, and keeps it. But the Node SDK rejects the
 * failed resource's outputs, so whatever names it in `dependsOn` is never registered, and what is not
 * registered the engine *deletes*: a refused rule would take Prometheus away. So a failed resource is
 * named by its URN alone. For the same reason no resource here takes an output of another that can
 * fail, only names that are known before, and no component has a `dependsOn`: its children would
 * not be registered.
 *
 * @param parent component whose children the resources are.
 */
export function after(
  parent: pulumi.Resource,
  ...resources: pulumi.Resource[]
): pulumi.Input<pulumi.Resource>[] {
  return resources.map((resource) => {
    const [name, type] = [pulumi.resourceName(resource), pulumi.resourceType(resource)];
    return pulumi.recover<pulumi.Resource>(
      resource.urn.apply(() => resource) as pulumi.Output<pulumi.Resource>,
      () =>
        pulumi
          .createUrn(name, type, parent)
          .apply((urn) => new pulumi.DependencyResource(urn)) as pulumi.Output<pulumi.Resource>,
    );
  });
}
