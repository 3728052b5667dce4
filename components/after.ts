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
): Promise<pulumi.Resource>[] {
  return resources.map((resource) => settled(parent, resource));
}

/**
 * A promise and not an Output: an Output would carry `parent` along, and waiting for a component
 * means waiting for all its children, the failed one too.
 */
function settled(parent: pulumi.Resource, resource: pulumi.Resource): Promise<pulumi.Resource> {
  const [name, type] = [pulumi.resourceName(resource), pulumi.resourceType(resource)];
  return new Promise((resolve) => {
    pulumi
      .recover(
        resource.urn.apply(() => true),
        () => false,
      )
      .apply((succeeded) => {
        if (succeeded) resolve(resource);
        else {
          pulumi
            .createUrn(name, type, parent)
            .apply((urn) => resolve(new pulumi.DependencyResource(urn)));
        }
      });
  });
}
